import { expect } from 'chai'
import fc from 'fast-check'
import type { OutRecord } from '../../../src/bus/bus.ts'
import { damageOf, pack, packedBytes, sealed, spanOf } from '../../../src/bus/embedded/batch-codec.ts'
import { checksum, loadFastChecksum } from '../../../src/bus/embedded/checksum.ts'
import { StoredBatch } from '../../../src/bus/embedded/stored-batch.ts'

const AT = { topic: 't', partition: 3, baseOffset: 1_000, highWatermark: 2_000 }
const NOW = 1_700_000_000_000
const KEY = Buffer.from('a key')

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array))
const part = fc.oneof(fc.constant(null), bytes, fc.string({ unit: 'grapheme', maxLength: 40 }))
const record: fc.Arbitrary<OutRecord> = fc.record(
  {
    key: part,
    value: part,
    timestamp: fc.double({ noNaN: true, noDefaultInfinity: true }),
    headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.oneof(bytes, fc.string()))),
  },
  { requiredKeys: ['key', 'value'] },
)
const records = fc.array(record, { minLength: 1, maxLength: 30 })

function asBytes(value: Buffer | string | null): string | null {
  return value === null ? null : Buffer.from(value as string).toString('hex')
}

function view(packed: Buffer, count: number): StoredBatch {
  return new StoredBatch(AT, packed, { first: 0, last: count, nextOffset: AT.baseOffset + count })
}

describe('bus/embedded/batch-codec', () => {
  before(loadFastChecksum)

  it('what is packed is what is read', () => {
    fc.assert(
      fc.property(records, (some) => {
        const packed = pack(some, NOW)
        expect(packed.bytes.length).to.equal(packedBytes(some))
        expect(damageOf(sealed(packed.bytes, KEY), KEY)).to.equal(undefined)
        expect(damageOf(packed.bytes, Buffer.from('another key'))).to.be.a('string')
        const read = [...view(packed.bytes, some.length)]
        expect(read.map(({ offset }) => offset)).to.deep.equal(some.map((_, i) => AT.baseOffset + i))
        read.forEach(({ key, value, timestamp, headers }, i) => {
          const sent = some[i]
          expect(asBytes(key)).to.equal(asBytes(sent?.key ?? null))
          expect(asBytes(value)).to.equal(asBytes(sent?.value ?? null))
          expect(timestamp).to.equal(sent?.timestamp ?? NOW)
          expect(headers.map(([name, content]) => [name, asBytes(content)])).to.deep.equal(
            [...(sent?.headers ?? [])].map(([name, content]) => [name, asBytes(content)]),
          )
        })
      }),
    )
  })

  it('any changed byte is noticed', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.integer({ min: 1, max: 255 }), (some, where, change) => {
        const damaged = Buffer.from(sealed(pack(some, NOW).bytes, KEY))
        const at = where % damaged.length
        damaged[at] = (damaged[at] ?? 0) ^ change
        expect(damageOf(damaged, KEY)).to.be.a('string')
      }),
    )
  })

  it('a cut batch is noticed', () => {
    const { bytes: whole } = pack([{ key: 'k', value: 'v'.repeat(100) }], NOW)
    for (let length = 0; length < whole.length; length++)
      expect(damageOf(whole.subarray(0, length), KEY), `${length} bytes`).to.be.a('string')
  })

  it('a batch with gaps keeps its offsets and its span', () => {
    const { bytes: gappy } = pack(
      [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
      NOW,
      { deltas: [2, 7], span: 10, deleteHorizon: 5 },
    )
    expect(spanOf(gappy)).to.equal(10)
    expect([...view(gappy, 2)].map(({ offset }) => offset)).to.deep.equal([1_002, 1_007])
  })

  it('a place outside the batch is an error, not the neighbour', () => {
    const { bytes: packed } = pack(
      [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
      NOW,
    )
    const second = new StoredBatch(AT, packed, { first: 1, last: 2, nextOffset: 1_002 })
    expect(String(second.key(0))).to.equal('b')
    expect(() => second.key(-1)).to.throw(RangeError)
    expect(() => second.value(1)).to.throw(RangeError)
  })

  it('the checksum is CRC-32, as zlib has it', () => {
    expect(checksum(Buffer.from('123456789'))).to.equal(0xcbf43926)
  })
})
