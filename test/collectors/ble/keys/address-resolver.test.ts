import { expect } from 'chai'
import fc from 'fast-check'
import { AddressResolver, type KeyOrder } from '../../../../src/collectors/ble/keys/address-resolver.ts'
import { AddressHash, parseResolvable } from '../../../../src/collectors/ble/keys/resolvable-address.ts'

/** Bluetooth Core Specification, Vol 3 Part H, Appendix D.7. */
const CORE_IRK = Buffer.from('ec0234a357c8ad05341010a60a397d9b', 'hex')
/** capod's public test keys, as the headset handed them out, and two addresses that it used. */
const APPLE_IRK = Buffer.from('7904651ee2ccd926f26e20ee3eccde79', 'hex')
const APPLE_ADDRESSES = ['5A:16:2B:91:D1:CD', '45:23:51:E3:40:6E']

const owner = (name: string, irk: Buffer, order: KeyOrder = 'auto') => ({ owner: { name }, irk, order })
const anyKey = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes))
const anyPrand = fc.integer({ min: 0x400000, max: 0x7fffff })

/** The address that the owner of a key makes of a prand. */
function addressOf(irk: Buffer, prand: number): string {
  const digits = prand.toString(16).padStart(6, '0') + new AddressHash(irk).hash(prand).toString(16).padStart(6, '0')
  return digits.replace(/(..)(?!$)/g, '$1:').toUpperCase()
}

describe('the resolution of addresses', () => {
  it('agrees with the Core Specification', () => {
    const hash = new AddressHash(CORE_IRK)
    expect(hash.encrypt(0x708194).toString('hex')).to.equal('159d5fb72ebe2311a48c1bdcc40dfbaa')
    expect(hash.hash(0x708194)).to.equal(0x0dfbaa)
    expect(new AddressResolver([owner('core', CORE_IRK)]).resolve('70:81:94:0D:FB:AA')).to.deep.equal({ name: 'core' })
  })

  it('reads keys as Apple hands them out, reversed', () => {
    for (const order of ['apple', 'auto'] as const) {
      const resolver = new AddressResolver([owner('pods', APPLE_IRK, order)])
      for (const address of APPLE_ADDRESSES) expect(resolver.resolve(address)).to.deep.equal({ name: 'pods' })
    }
    expect(new AddressResolver([owner('pods', APPLE_IRK, 'core')]).resolve(APPLE_ADDRESSES[0] ?? '')).to.equal(null)
  })

  it('finds the owner among many, in either byte order, whatever was asked before', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyKey, { minLength: 2, maxLength: 12, selector: String }),
        fc.array(fc.tuple(fc.nat(), anyPrand)),
        (irks, asked) => {
          const resolver = new AddressResolver(irks.map((irk, i) => owner(`${i}`, i % 2 ? Buffer.from(irk).reverse() : irk)))
          for (const [pick, prand] of asked) {
            const i = pick % irks.length
            expect(resolver.resolve(addressOf(irks[i] as Buffer, prand))).to.deep.equal({ name: `${i}` })
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('learns the byte order from the first match and keeps to it', () => {
    const resolver = new AddressResolver([owner('core', CORE_IRK)])
    resolver.resolve(addressOf(CORE_IRK, 0x400001))
    expect(resolver.resolve(addressOf(Buffer.from(CORE_IRK).reverse(), 0x400002))).to.equal(null)
  })

  it('takes no other address for a resolvable one', () => {
    const resolver = new AddressResolver([owner('core', CORE_IRK)])
    for (const address of ['', 'nonsense', '70:81:94:0D:FB', 'C0:81:94:0D:FB:AA', '30:81:94:0D:FB:AA', '70:81:94:0D:FB:AA:00']) {
      expect(resolver.resolve(address), address).to.equal(null)
    }
    expect(parseResolvable('70-81-94-0d-fb-aa')).to.deep.equal({ prand: 0x708194, hash: 0x0dfbaa })
  })

  it('keeps a bounded number of addresses, and owners through a flood of strangers', () => {
    const resolver = new AddressResolver([owner('core', CORE_IRK)], { cacheSize: 16 })
    const mine = addressOf(CORE_IRK, 0x708194)
    const found = resolver.resolve(mine)
    // Strangers' addresses: the hash is off by one.
    for (let prand = 0x400000; prand < 0x400400; prand++) {
      const { hash } = parseResolvable(addressOf(CORE_IRK, prand)) ?? { hash: 0 }
      const wrong = ((hash + 1) & 0xffffff).toString(16).padStart(6, '0')
      expect(resolver.resolve(`${prand.toString(16)}${wrong}`.replace(/(..)(?!$)/g, '$1:'))).to.equal(null)
      expect(resolver.cached).to.be.at.most(17)
    }
    expect(resolver.resolve(mine)).to.equal(found)
  })
})
