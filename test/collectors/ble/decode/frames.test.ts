import { expect } from 'chai'
import fc from 'fast-check'
import { describeTlvs } from '../../../../src/collectors/ble/decode/frames.ts'

const tlv = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 40 }))
  .map(([type, value]) => Buffer.from([type, value.length, ...value]))
/** 0x01 may stand without a length; apart from that a list of TLVs can be read in one way only. */
const tlvs = fc.array(
  tlv.filter(([type]) => type !== 0x01),
  { maxLength: 6 },
)

describe('the walk over TLVs', () => {
  it('gives back every TLV that was put in, in order', () => {
    fc.assert(
      fc.property(tlvs, (list) => {
        const { frames, leftOver } = describeTlvs(Buffer.concat(list))
        expect(frames.map(({ type, length }) => [Number(type), length])).to.deep.equal(list.map((one) => [one[0], one[1]]))
        expect(leftOver).to.equal(0)
      }),
    )
  })

  it('counts what is cut off, and reads what is whole', () => {
    fc.assert(
      fc.property(tlvs, tlv, fc.nat(), (list, last, cut) => {
        const kept = last.subarray(0, cut % last.length)
        const { frames, leftOver } = describeTlvs(Buffer.concat([...list, kept]))
        expect([frames.length, leftOver]).to.deep.equal([list.length, kept.length])
      }),
    )
  })

  it('never throws, and accounts for every byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        const { frames, leftOver } = describeTlvs(data)
        const headers = frames.length * 2
        const overflow = data.length - leftOver - headers - frames.reduce((sum, { length }) => sum + length, 0)
        // A bare overflow area, of 17 bytes in all, has one header byte less.
        expect(-overflow).to.be.within(0, Math.floor(data.length / 17))
      }),
    )
  })
})

/** A secret of each kind that carries one: distinctive bytes where the identifying field lies. */
const SECRETS: Readonly<Record<string, string>> = {
  'AirDrop hashes': '0512 0000000000000000 01 5ec7e75ec7e75ec7 00',
  'Wi-Fi password hashes': '0f0e 40 08 5ec7e7 5ec7e7 5ec7e7 5ec7e7',
  'nearby action tag': '0f05 80 0f 5ec7e7',
  'nearby info tag': '1005 0b 10 5ec7e7',
  'long nearby info tag': '1006 0b 12 5ec7e75e',
  'handoff IV and contents': '0c0e 00 5ec7 e7 5ec7e75ec7e75ec7e75e',
  'tethering id': '0d04 5ec7e75e',
  'Hey Siri hash': '0807 5ec7 10 20 0002 5e',
  'Find My key': `1219 00 ${'5ec7'.repeat(11)} 03 5e`,
  'HomeKit device id': '060d 01 5ec7e75ec7e7 0500 0700 02 01',
  'encrypted status': `0719 01 0e20 2b 66 8f 01 00 05 ${'5ec7'.repeat(8)}`,
  'encrypted case': `0711 06 ${'5ec7'.repeat(8)}`,
  'a kind nobody knows': '1604 5ec7e75e',
}

describe('what identifies people', () => {
  for (const [name, hex] of Object.entries(SECRETS)) {
    it(`${name}: not in the facts`, () => {
      const printed = JSON.stringify(describeTlvs(Buffer.from(hex.replaceAll(' ', ''), 'hex')))
      // As hex, as a number big or little endian, and as a list of bytes.
      for (const form of ['5ec7', 'c75e', String(0x5ec7), String(0xc75e), '94,199', '199,94']) expect(printed).not.to.contain(form)
    })
  }
})
