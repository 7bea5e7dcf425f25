import { expect } from 'chai'
import fc from 'fast-check'
import { encodeBatch, type WriterState } from '../../../src/bus/kafka/batch-encoder.ts'
import { cutLines } from '../../../src/bus/kafka/line-cutter.ts'

const writer: WriterState = { producerId: 7n, epoch: 1, baseSequence: 5, transactional: false }
const none = { name: 'none', codec: null } as const
const line = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 90 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a))) },
  fc.integer({ min: 0, max: 20_000 }).map((size) => Buffer.alloc(size, 'y')),
)

/** Values of the lines of some bytes, as records. */
function recordsOf(bytes: Buffer, key: Buffer | null) {
  const text = bytes.toString('latin1')
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return lines.map((value) => ({ key, value: Buffer.from(value, 'latin1'), timestamp: 99 }))
}

describe('lines as batches', () => {
  it('are byte for byte the batches that the same values make as records', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 150 }),
        fc.boolean(),
        fc.option(fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes))),
        fc.integer({ min: 50, max: 30_000 }),
        async (lines, closed, key, maxBytes) => {
          const bytes = Buffer.concat(lines.flatMap((one, i) => (i === lines.length - 1 && !closed ? [one] : [one, Buffer.from('\n')])))
          if (bytes.length === 0) return
          const records = recordsOf(bytes, key)
          let at = 0
          for (const { run, bytes: estimate } of cutLines(bytes, { key, timestamp: 99, maxBytes })) {
            const batch = await run.encode(writer, none)
            expect(batch.equals(await encodeBatch(records.slice(at, at + run.count), writer, none))).to.equal(true)
            expect(batch.length, 'the estimate is never less').to.be.at.most(estimate + 61)
            expect(run.count === 1 || estimate <= maxBytes).to.equal(true)
            at += run.count
          }
          expect(at).to.equal(records.length)
        },
      ),
      { numRuns: 150 },
    ))

  it('a batch in halves is the same records', async () => {
    const bytes = Buffer.from('a\nbb\n\nccc\n')
    const [piece] = cutLines(bytes, { key: null, timestamp: 99, maxBytes: 10_000 })
    const halves = [piece?.run.part(0, 2), piece?.run.part(2, 4)]
    const records = recordsOf(bytes, null)
    for (const [i, half] of halves.entries()) {
      const wanted = await encodeBatch(records.slice(2 * i, 2 * i + 2), writer, none)
      expect((await half?.encode(writer, none))?.equals(wanted)).to.equal(true)
    }
  })
})
