import type { Bus, RecordBatch } from '../bus.ts'
import { type ReadRuns, readRuns } from './read-runs.ts'
import type { Matches } from './select.ts'

/** Where records go: taken one by one into memory, and let out together. */
export interface RecordSink {
  add(batch: RecordBatch, i: number): void
  /** All of these at once, where there is a way that costs less; false, and nothing taken, where there is none. */
  addRun?(batch: RecordBatch, from: number, to: number): Promise<boolean>
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

/**
 * Hand the records of a range, and what follows, to the sink: in batches, in bounded memory. Returns how many. Where reading fails, what was read before
 * has been let out.
 */
export async function tail(bus: Bus, request: TailRequest, sink: RecordSink): Promise<number> {
  const { max = Number.POSITIVE_INFINITY, matches, follow } = request
  let taken = 0
  if (max <= 0) return 0
  const addEach = async (batch: RecordBatch, from: number, to: number) => {
    let added = 0
    for (let i = from; i < to && taken + added < max; i++) {
      if (matches && !matches(batch, i)) continue
      sink.add(batch, i)
      added++
      if (sink.pending >= FLUSH_BYTES) await sink.flush()
    }
    return added
  }
  try {
    for await (const { batch, from, to } of readRuns(bus, { ...request, transient: true })) {
      const end = Math.min(to, from + (max - taken))
      if (!matches && (await sink.addRun?.(batch, from, end))) taken += end - from
      else taken += await addEach(batch, from, to)
      if (follow) await sink.flush()
      if (taken >= max || sink.closed || request.signal.aborted) break
    }
  } catch (error) {
    await sink.flush().catch(() => {})
    throw error
  }
  await sink.flush()
  return taken
}
