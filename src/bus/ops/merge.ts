import type { RecordBatch } from '../bus.ts'

/** Records `from` up to but not including `to` of a batch, in their order. */
export interface Run {
  batch: RecordBatch
  from: number
  to: number
}

interface Source {
  batches: AsyncIterator<RecordBatch>
  batch: RecordBatch
  /** The next record of the batch. */
  next: number
}

/**
 * Merge partitions by record time, the earlier source first where times are equal. The order within a partition is never changed, even
 * where its times go back. One batch per source is held at a time.
 */
export async function* mergeByTime(sources: ReadonlyArray<AsyncIterable<RecordBatch>>): AsyncGenerator<Run, void, undefined> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  try {
    const started = await Promise.all(iterators.map(async (batches) => advance({ batches, batch: NOTHING, next: 0 })))
    let live = started.filter((source) => source !== undefined)
    while (live.length > 0) {
      const source = earliest(live)
      const { batch, next: from } = source
      source.next = runEnd(source, live)
      yield { batch, from, to: source.next }
      if (source.next === batch.count && !(await advance(source))) live = live.filter((other) => other !== source)
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()))
  }
}

/** A batch that has been read to its end, for sources that have not begun. */
const NOTHING = { count: 0 } as RecordBatch

/** Move on to the next batch that holds anything; undefined at the end. */
async function advance(source: Source): Promise<Source | undefined> {
  for (;;) {
    const { done, value } = await source.batches.next()
    if (done) return undefined
    if (value.count === 0) continue
    source.batch = value
    source.next = 0
    return source
  }
}

const headTime = (source: Source) => source.batch.timestamp(source.next)

function earliest(live: readonly Source[]): Source {
  let best = live[0] as Source
  for (const source of live) if (headTime(source) < headTime(best)) best = source
  return best
}

/** How far `source` may go before another source's head is due. */
function runEnd(source: Source, live: readonly Source[]): number {
  let limit = Number.POSITIVE_INFINITY
  let before = true
  let inclusive = true
  for (const other of live) {
    if (other === source) before = false
    else if (headTime(other) < limit) {
      limit = headTime(other)
      inclusive = !before
    }
  }
  const { batch } = source
  let end = source.next + 1
  try {
    while (end < batch.count && (batch.timestamp(end) < limit || (inclusive && batch.timestamp(end) === limit))) end++
  } catch {
    // It cannot be read: that is met once more as the next head, behind what is good.
  }
  return end
}
