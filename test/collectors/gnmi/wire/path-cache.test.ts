import { expect } from 'chai'
import fc from 'fast-check'
import { Malformed } from '../../../../src/collectors/gnmi/wire/malformed.ts'
import { PathCache } from '../../../../src/collectors/gnmi/wire/path-cache.ts'
import { readPath } from '../../../../src/collectors/gnmi/wire/wire-path.ts'

/** A Path of one element, at most 50 bytes of name. */
const encoded = (name: string) => {
  const text = Buffer.from(name)
  return Buffer.concat([Buffer.from([0x1a, text.length + 2, 0x0a, text.length]), text])
}

describe('the cache of paths', () => {
  it('always gives the path that the bytes say, however small it is', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-c]{0,12}$/), { maxLength: 200 }), fc.nat(3), (names, rounds) => {
        const cache = new PathCache({ capacity: 8 })
        // In the same order again, and in another one.
        const order = [...Array.from({ length: rounds }, () => names).flat(), ...names.toReversed()]
        for (const [i, name] of order.entries()) {
          const bytes = encoded(name)
          const path = i % 3 === 0 ? cache.prefix(bytes, 0, bytes.length) : cache.get(bytes, 0, bytes.length)
          expect(path.elems[0]?.name).to.equal(name)
        }
      }),
    )
  })

  it('gives the same path for the same bytes, wherever they stand', () => {
    const cache = new PathCache()
    const bytes = encoded('interfaces')
    const first = cache.get(bytes, 0, bytes.length)
    const moved = Buffer.concat([Buffer.from('xx'), bytes])
    expect(cache.get(moved, 2, moved.length)).to.equal(first)
    expect(cache.prefix(moved, 2, moved.length)).to.equal(first)
  })

  it('keeps no view of the message', () => {
    const cache = new PathCache()
    const bytes = encoded('interfaces')
    const again = Buffer.from(bytes)
    const first = cache.get(bytes, 0, bytes.length)
    bytes.fill(0)
    expect(cache.get(again, 0, again.length)).to.equal(first)
  })

  it('keeps what is used, of a bucket that is too small for all', () => {
    const cache = new PathCache({ capacity: 4 })
    const used = encoded('used')
    const first = cache.get(used, 0, used.length)
    for (let i = 0; i < 100; i++) {
      const other = encoded(`other-${i}`)
      cache.get(other, 0, other.length)
      expect(cache.get(used, 0, used.length)).to.equal(first)
    }
  })

  it('keeps those that come in a fixed order, and are never looked for, while others come and go', () => {
    const cache = new PathCache({ capacity: 4 })
    const get = (name: string) => cache.get(encoded(name), 0, encoded(name).length)
    for (const name of ['x', 'y', 'z', 'used']) get(name)
    const first = get('used')
    get('used')
    for (let i = 0; i < 100; i++) {
      get(`other-${i}`)
      get('used')
      expect(get('used')).to.equal(first)
    }
  })

  it('passes long paths through', () => {
    const cache = new PathCache({ maxBytes: 8 })
    const long = encoded('longer than that')
    expect(cache.get(long, 0, long.length)).to.not.equal(cache.get(long, 0, long.length))
    expect(cache.get(long, 0, long.length)).to.deep.equal(readPath(long, 0, long.length))
  })

  it('keeps nothing of bytes that are no path', () => {
    const cache = new PathCache()
    const broken = encoded('a').subarray(0, -1)
    for (let i = 0; i < 2; i++) {
      try {
        cache.get(broken, 0, broken.length)
        expect.fail('was taken')
      } catch (error) {
        expect(error).to.be.instanceOf(Malformed)
      }
    }
  })

  it('has a capacity that is a power of two', () => {
    for (const capacity of [0, 2, 6, 100]) expect(() => new PathCache({ capacity })).to.throw(RangeError)
  })
})
