import { expect } from 'chai'
import fc from 'fast-check'
import { Cursor, varlongSize, writeVarlong } from '../../../src/bus/kafka/varint.ts'

function encode(value: number): Buffer {
  const buffer = Buffer.alloc(10)
  return buffer.subarray(0, writeVarlong(buffer, 0, value))
}

describe('varints', () => {
  it('are those of the Kafka protocol', () => {
    const known: Array<[number, string]> = [
      [0, '00'],
      [-1, '01'],
      [1, '02'],
      [-2, '03'],
      [63, '7e'],
      [64, '8001'],
      [-64, '7f'],
      [300, 'd804'],
      [2 ** 31 - 1, 'feffffff0f'],
      [-(2 ** 31), 'ffffffff0f'],
    ]
    for (const [value, hex] of known) expect(encode(value).toString('hex'), `${value}`).to.equal(hex)
  })

  it('32 bits: read back as written, and sized right', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const bytes = encode(value)
        const cursor = new Cursor(bytes)
        expect(cursor.varint()).to.equal(value)
        expect(cursor.at).to.equal(bytes.length)
        expect(varlongSize(value)).to.equal(bytes.length)
      }),
    )
  })

  it('53 bits: read back as written', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger().filter((value) => Math.abs(value) < 2 ** 52),
        (value) => {
          const bytes = encode(value)
          expect(new Cursor(bytes).varlong()).to.equal(value)
          expect(varlongSize(value)).to.equal(bytes.length)
          const skipping = new Cursor(bytes)
          skipping.skipVarint()
          expect(skipping.at).to.equal(bytes.length)
        },
      ),
    )
  })
})
