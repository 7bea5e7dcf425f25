import type { Bus } from '../bus.ts'
import { LineGatherer, type LineTarget } from '../line-gatherer.ts'

const NEWLINE = 0x0a
/** Written together. */
const BLOCK_BYTES = 1 << 20

/** Where bytes come from: into this space, one at least. Gives how many, 0 at the end. */
export type Fill = (space: Buffer) => number | Promise<number>

export interface ProduceLinesRequest {
  topic: string
  /** Opens where lines come from, in bytes, cut anywhere; ends early where the signal aborts. */
  input: (signal: AbortSignal) => Fill
  /** Of every record. */
  key: Buffer | null
  /** Count, and write nothing. */
  dryRun?: boolean
  signal: AbortSignal
}

/** Write each line as it is, whatever its bytes: `tail --output raw` backwards. An empty line is an empty value. Resolves with the number of records. */
export async function produceLines(bus: Bus, { topic, input, key, dryRun, signal }: ProduceLinesRequest): Promise<number> {
  const appender = dryRun
    ? new LineGatherer(new LineTally())
    : (bus.appendLines?.(topic, key) ?? new LineGatherer(new LinesAsRecords(bus, topic, key)))
  const fill = input(AbortSignal.any([signal, appender.failed]))
  for (;;) {
    const space = await appender.space()
    const count = signal.aborted ? 0 : await fill(space)
    if (count === 0) break
    appender.took(count)
  }
  return appender.end({ cutShort: signal.aborted })
}

/** Chunks as they come, copied to where they belong. */
export function fillFrom(chunks: AsyncIterable<Buffer>): Fill {
  const iterator = chunks[Symbol.asyncIterator]()
  let chunk: Buffer = Buffer.alloc(0)
  const copied = (space: Buffer) => {
    const count = chunk.copy(space)
    chunk = chunk.subarray(count)
    return count
  }
  const next = async (space: Buffer): Promise<number> => {
    const { done, value } = await iterator.next()
    if (done) return 0
    chunk = value
    return chunk.length === 0 ? next(space) : copied(space)
  }
  return (space) => (chunk.length > 0 ? copied(space) : next(space))
}

/** For a bus that takes records only. */
class LinesAsRecords implements LineTarget {
  readonly block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  /** One after the other keeps the order. */
  readonly most = 1
  readonly #bus: Bus
  readonly #topic: string
  readonly #key: Buffer | null

  constructor(bus: Bus, topic: string, key: Buffer | null) {
    this.#bus = bus
    this.#topic = topic
    this.#key = key
  }

  take(from: number, end: number): { end: number; written: Promise<number> } {
    return { end, written: this.#append(valuesIn(Buffer.from(this.block.subarray(from, end)))) }
  }

  takeLong(line: Buffer): Promise<number> {
    return this.#append([line])
  }

  async #append(values: Buffer[]): Promise<number> {
    await this.#bus.append(
      this.#topic,
      values.map((value) => ({ key: this.#key, value })),
    )
    return values.length
  }
}

/** For a dry run. */
class LineTally implements LineTarget {
  readonly block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  readonly most = 1

  take(from: number, end: number): { end: number; written: Promise<number> } {
    return { end, written: Promise.resolve(valuesIn(this.block.subarray(from, end)).length) }
  }

  takeLong(): Promise<number> {
    return Promise.resolve(1)
  }
}

function valuesIn(lines: Buffer): Buffer[] {
  const values: Buffer[] = []
  for (let from = 0; from < lines.length; ) {
    const found = lines.indexOf(NEWLINE, from)
    const end = found < 0 ? lines.length : found
    values.push(lines.subarray(from, end))
    from = end + 1
  }
  return values
}
