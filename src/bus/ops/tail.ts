import type { Bus, RecordBatch } from '../bus.ts'
import { type ReadRuns, readRuns } from './read-runs.ts'
import type { Matches } from './select.ts'

/** Where records go: taken one by one into memory, and let out together. */
export interface RecordSink {
  add(batch: RecordBatch, i: number): void
  /** Let out what was added; resolves when the reader has taken it, so a slow reader slows the source. */
  flush(): Promise<void>
  /** Bytes added and not yet let out. */
  readonly pending: number
  /** True once nobody reads any more. */
  readonly closed: boolean
}

export interface TailRequest extends ReadRuns {
  /** Stop after that many records that matched. */
  max?: number | undefined
  /** undefined takes every record. */
  matches?: Matches | undefined
}

/** A sink's pending bytes never grow far beyond this. */
const FLUSH_BYTES = 256 << 10

/** Hand the records of a range, and what follows, to the sink: in batches, in bounded memory. Returns how many. */
export async function tail(bus: Bus, request: TailRequest, sink: RecordSink): Promise<number> {
  const { max = Number.POSITIVE_INFINITY, matches, follow } = request
  let taken = 0
  if (max <= 0) return 0
  for await (const { batch, from, to } of readRuns(bus, request)) {
    for (let i = from; i < to && taken < max; i++) {
      if (matches && !matches(batch, i)) continue
      sink.add(batch, i)
      taken++
      if (sink.pending >= FLUSH_BYTES) await sink.flush()
    }
    if (follow) await sink.flush()
    if (taken >= max || sink.closed || request.signal.aborted) break
  }
  await sink.flush()
  return taken
}
