import type { Bus } from '../bus.ts'
import { MAX_LINE_BYTES } from './lines.ts'
import { lineTooLong } from './produce.ts'

const NEWLINE = 0x0a
/** Written together. */
const BLOCK_BYTES = 1 << 20

/** Where bytes come from: into `block` from `at` on. Resolves with how many, 0 at the end. */
export type Fill = (block: Buffer, at: number) => Promise<number>

export interface ProduceLinesRequest {
  topic: string
  /** Lines in bytes, cut anywhere. */
  fill: Fill
  /** Of every record. */
  key: Buffer | null
  /** Count, and write nothing. */
  dryRun?: boolean
  signal: AbortSignal
}

/**
 * Write each line as it is, whatever its bytes: `tail --output raw` backwards. An empty line is an empty value. One block is on its way while
 * the next is filled, and both are used again: memory stays at the two of them. Resolves with the number of records.
 */
export async function produceLines(bus: Bus, { topic, fill, key, dryRun, signal }: ProduceLinesRequest): Promise<number> {
  let written = 0
  let inFlight: Promise<void> = Promise.resolve()
  let block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  let other: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  const write = async (lines: Buffer) => {
    await inFlight
    inFlight = (dryRun ? countLines(lines) : appendLines(bus, topic, lines, key)).then((count) => {
      written += count
    })
    // Met by the next await of it; until then it must not count as unhandled.
    inFlight.catch(() => {})
  }
  let size = 0
  for (;;) {
    const count = signal.aborted ? 0 : await fill(block, size)
    if (count === 0) break
    size += count
    if (size < block.length) continue
    const end = block.lastIndexOf(NEWLINE, size - 1) + 1
    if (end === 0) {
      block = larger(block)
      continue
    }
    await write(block.subarray(0, end))
    // The one before this is written: its memory is free.
    if (other.length < block.length) other = Buffer.allocUnsafeSlow(block.length)
    block.copy(other, 0, end, size)
    size -= end
    ;[block, other] = [other, block]
  }
  // What the stop cut in two comes last.
  const rest = signal.aborted ? block.lastIndexOf(NEWLINE, size - 1) + 1 : size
  if (size > 0 && rest > 0) await write(block.subarray(0, rest))
  await inFlight
  return written
}

/** For a line that is longer than a block. */
function larger(block: Buffer): Buffer {
  if (block.length > MAX_LINE_BYTES) throw lineTooLong()
  const double = Buffer.allocUnsafeSlow(2 * block.length)
  block.copy(double)
  return double
}

/** Chunks as they come, copied to where they belong. */
export function fillFrom(chunks: AsyncIterable<Buffer>): Fill {
  const iterator = chunks[Symbol.asyncIterator]()
  let chunk: Buffer = Buffer.alloc(0)
  return async (block, at) => {
    while (chunk.length === 0) {
      const next = await iterator.next()
      if (next.done) return 0
      chunk = next.value
    }
    const count = chunk.copy(block, at)
    chunk = chunk.subarray(count)
    return count
  }
}

async function countLines(lines: Buffer): Promise<number> {
  let count = lines.at(-1) === NEWLINE ? 0 : 1
  for (let at = lines.indexOf(NEWLINE); at >= 0; at = lines.indexOf(NEWLINE, at + 1)) count++
  return count
}

async function appendLines(bus: Bus, topic: string, lines: Buffer, key: Buffer | null): Promise<number> {
  const results = await (bus.appendLines?.(topic, lines, { key }) ?? bus.append(topic, recordsOf(lines, key)))
  return results.reduce((sum, { count }) => sum + count, 0)
}

function recordsOf(lines: Buffer, key: Buffer | null): Array<{ key: Buffer | null; value: Buffer }> {
  const records: Array<{ key: Buffer | null; value: Buffer }> = []
  for (let from = 0; from < lines.length; ) {
    const found = lines.indexOf(NEWLINE, from)
    const end = found < 0 ? lines.length : found
    records.push({ key, value: lines.subarray(from, end) })
    from = end + 1
  }
  return records
}
