import { expect } from 'chai'
import fc from 'fast-check'
import { batchHeaders, decodeBatch, type StoredBatch } from '../../../src/bus/kafka/batch-decoder.ts'
import { encodeBatch, NO_WRITER } from '../../../src/bus/kafka/batch-encoder.ts'
import { codecId, codecOf } from '../../../src/bus/kafka/codecs.ts'
import { linesInPlace } from '../../../src/bus/kafka/lines-in-place.ts'

const anything = fc.option(
  fc.oneof(
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    fc.integer({ min: 0, max: 70_000 }).map((size) => Buffer.alloc(size, 'x')),
  ),
)
const record = fc.record({ key: anything, value: anything, timestamp: fc.integer({ min: 0, max: 4e12 }) })
const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 6 }),
  compression: fc.constantFrom('none' as const, 'none' as const, 'gzip' as const, 'snappy' as const),
})
type Batches = Array<typeof batch extends fc.Arbitrary<infer B> ? B : never>

/** Batches behind one another, as a broker sends them, and their parts. */
async function fetched(batches: Batches): Promise<StoredBatch[]> {
  const encoded: Buffer[] = []
  for (const { records, compression: name } of batches) {
    encoded.push(await encodeBatch(records, NO_WRITER, { name, codec: await codecOf(codecId(name)) }))
  }
  // The memory of an answer is its own.
  const all = Buffer.concat(encoded)
  const answer = Buffer.from(new ArrayBuffer(all.length))
  all.copy(answer)
  const parts: StoredBatch[] = []
  for (const header of batchHeaders(answer, 'here')) {
    const part = await decodeBatch(answer, header, { from: 0, to: 10 }, { place: 'here', checkCrc: true })
    if (part) parts.push(part)
  }
  return parts
}

describe('values as lines, in place', () => {
  it('are the values and line breaks, over any batches and any piece of them', () =>
    fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), fc.nat(30), fc.nat(30), async (batches, a, b) => {
        const records = batches.flatMap((one) => one.records)
        const from = Math.min(a, b, records.length)
        const to = Math.min(Math.max(a, b), records.length)
        const wanted = Buffer.concat(records.slice(from, to).flatMap(({ value }) => [value ?? Buffer.alloc(0), Buffer.from('\n')]))
        expect(Buffer.concat(linesInPlace(await fetched(batches), from, to)).equals(wanted)).to.equal(true)
      }),
      { numRuns: 200 },
    ))

  it('batches of one answer are one piece', async () => {
    const records = [{ key: null, value: Buffer.from('v'), timestamp: 1 }]
    const none = { records, compression: 'none' as const }
    expect(linesInPlace(await fetched([none, none, none]), 0, 3).map(String)).to.deep.equal(['v\nv\nv\n'])
  })

  it('a piece after a piece: what was taken does not touch what comes later', async () => {
    const records = Array.from({ length: 5 }, (_, i) => ({ key: null, value: Buffer.from(`value ${i}`), timestamp: i }))
    const parts = await fetched([{ records, compression: 'none' }])
    expect(String(linesInPlace(parts, 0, 2))).to.equal('value 0\nvalue 1\n')
    expect(String(linesInPlace(parts, 2, 5))).to.equal('value 2\nvalue 3\nvalue 4\n')
  })
})
