import { expect } from 'chai'
import fc from 'fast-check'
import { encodeBatch, type WriterState } from '../../../../src/bus/kafka/batch-encoder.ts'
import { type LineEncoder, plainEncoder } from '../../../../src/bus/kafka/lines/encode.ts'
import { LineSlots } from '../../../../src/bus/kafka/lines/line-slots.ts'
import { fastestEncoder, simdEncoder } from '../../../../src/bus/kafka/lines/simd-encoder.ts'
import type { Run } from '../../../../src/bus/kafka/run.ts'
import { LineGatherer } from '../../../../src/bus/line-gatherer.ts'

const writer: WriterState = { producerId: 7n, epoch: 1, baseSequence: 5, transactional: false }
const none = { name: 'none', codec: null } as const
const encoders: Array<[name: string, of: (bytes: number) => LineEncoder]> = [
  ['plain', plainEncoder],
  ['SIMD', simdEncoder],
]
/** Sizes: what does not hold is to be readable. */
const line = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 90 }) },
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 60_000, max: 140_000 }),
)
/** A line of any bytes but its break. */
const lineOf = (size: number) => Buffer.from(Array.from({ length: size }, (_, i) => 11 + ((i * 7 + size) % 245)))

/** What a target makes of these bytes, as batches in their order. `keep` leaves every batch as one that was never answered. */
async function batchesOf(
  bytes: Buffer,
  options: { key: Buffer | null; batchBytes: number; of: (bytes: number) => LineEncoder; keep?: boolean },
) {
  const batches: Array<{ batch: Buffer; run: Run }> = []
  const append = async (run: Run) => {
    const made = { batch: Buffer.alloc(0), run }
    batches.push(made)
    made.batch = Buffer.from(await run.encode(writer, none))
    if (!options.keep) run.recycle?.()
    return run.count
  }
  const gatherer = new LineGatherer(new LineSlots({ ...options, now: () => 99, append }, options.of))
  for (let at = 0; at < bytes.length; ) {
    const space = await gatherer.space()
    const count = bytes.copy(space, 0, at)
    gatherer.took(count)
    at += count
  }
  return { batches, records: await gatherer.end() }
}

/** Values of the lines of some bytes, as records. */
function recordsOf(bytes: Buffer, key: Buffer | null) {
  const text = bytes.toString('latin1')
  const lines = text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return lines.map((value) => ({ key, value: Buffer.from(value, 'latin1'), timestamp: 99 }))
}

describe('lines as batches', () => {
  for (const [name, of] of encoders) {
    it(`${name}: are byte for byte the batches that the same values make as records`, () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(line, { minLength: 1, maxLength: 60 }),
          fc.boolean(),
          fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))),
          fc.integer({ min: 1, max: 100_000 }),
          fc.boolean(),
          async (sizes, closed, key, batchBytes, keep) => {
            const lines = sizes.map(lineOf)
            const bytes = Buffer.concat(lines.flatMap((one, i) => (i === lines.length - 1 && !closed ? [one] : [one, Buffer.from('\n')])))
            const wanted = recordsOf(bytes, key)
            const { batches, records } = await batchesOf(bytes, { key, batchBytes, of, keep })
            expect(records).to.equal(wanted.length)
            let at = 0
            for (const { batch, run } of batches) {
              expect(batch.equals(await encodeBatch(wanted.slice(at, at + run.count), writer, none))).to.equal(true)
              expect(run.count === 1 || batch.length <= batchBytes).to.equal(true)
              at += run.count
            }
            expect(at).to.equal(wanted.length)
          },
        ),
        { numRuns: 120 },
      ))
  }

  it('both encoders fill a batch with the same lines, and leave what lies around it alone', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }).map((bytes) => bytes.map((byte) => (byte < 20 ? 0x0a : byte))),
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 0, max: 40 }),
        (lines, limit, offset) => {
          const results = encoders.map(([, of]) => {
            const { memory, encode } = of(4_096)
            memory.fill(0x0a)
            memory[0] = 1 // null, the key
            const from = 100 + offset
            memory.set(lines, from)
            const { at, count, next } = encode({
              ...{ key: 0, keySize: 1, from, end: from + lines.length },
              ...{ at: 1_000, limit: 1_000 + limit, capacity: 2_000 },
            })
            return {
              at,
              count,
              next,
              written: memory.toString('latin1', 1_000, at),
              before: memory.toString('latin1', 0, 1_000),
              after: memory.toString('latin1', 2_065, 4_096),
            }
          })
          expect(results[1]).to.deep.equal(results[0])
        },
      ),
      { numRuns: 2_000 },
    ))

  it('a batch in parts is the same records; encoded again it is the same bytes in other memory', async () => {
    const bytes = Buffer.from('a\nbb\n\nccc\n')
    const { batches } = await batchesOf(bytes, { key: Buffer.from('k'), batchBytes: 10_000, of: fastestEncoder })
    const [{ run, batch } = { run: undefined, batch: undefined }] = batches
    const records = recordsOf(bytes, Buffer.from('k'))
    for (const [from, to] of [
      [0, 2],
      [2, 4],
    ] as const) {
      const wanted = await encodeBatch(records.slice(from, to), writer, none)
      expect((await run?.part(from, to).encode(writer, none))?.equals(wanted)).to.equal(true)
    }
    const other = await run?.encode({ ...writer, baseSequence: 9 }, none)
    expect(other?.equals(await encodeBatch(records, { ...writer, baseSequence: 9 }, none))).to.equal(true)
    expect(batch?.equals(await encodeBatch(records, writer, none))).to.equal(true)
  })
})
