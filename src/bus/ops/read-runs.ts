import type { Bus, Damage, RecordBatch } from '../bus.ts'
import { interleave } from './interleave.ts'
import { mergeByTime, type Run } from './merge.ts'
import type { TopicRange } from './range.ts'

export interface ReadRuns {
  ranges: readonly TopicRange[]
  /** Go on as records arrive, past ranges that have no end. */
  follow: boolean
  /** `time`: merged over partitions and topics by record time (bounded ranges only); `arrival`: as the bus hands them out. */
  order: 'time' | 'arrival'
  signal: AbortSignal
  /** A run is done with when the next one is asked for. */
  transient?: boolean
  /** Told of damaged offsets that were gone past. */
  onDamage?: ((damage: Damage) => void) | undefined
  /** Told where a range ends early, before records of an open transaction. */
  onUndecided?: ((partition: number, offset: number) => void) | undefined
}

/** All partitions of a merge together hold about this much. */
const MERGE_BYTES = 8 << 20
const MIN_BATCH_BYTES = 64 << 10
const MAX_BATCH_BYTES = 1 << 20

/** Read ranges of one or more topics, in one stream. Leaving the loop early stops every read. */
export async function* readRuns(bus: Bus, request: ReadRuns): AsyncGenerator<Run, void, undefined> {
  const { ranges, follow, transient = false, onDamage = () => {}, onUndecided = () => {} } = request
  // A read that waits for records ends only by its signal, and one that has been left must not be waited for.
  const left = new AbortController()
  const signal = AbortSignal.any([request.signal, left.signal])
  const partitions = ranges.reduce((sum, range) => sum + range.partitions.length, 0)
  const merged = request.order === 'time' && !follow && partitions > 1
  try {
    if (merged) {
      const maxBatchBytes = Math.min(MAX_BATCH_BYTES, Math.max(MIN_BATCH_BYTES, Math.floor(MERGE_BYTES / partitions)))
      const reads = ranges.flatMap(({ topic, partitions }) =>
        partitions.map((partition) =>
          bus.read({ topic, partitions: [partition], signal, transient, maxBatchBytes, onDamage, onUndecided }),
        ),
      )
      yield* mergeByTime(stopping(reads, left))
    } else {
      const reads = ranges.map(({ topic, partitions }) => bus.read({ topic, partitions, follow, signal, transient, onDamage, onUndecided }))
      for await (const batch of interleave(stopping(reads, left))) yield { batch, from: 0, to: batch.count }
    }
  } finally {
    left.abort()
  }
}

/** The same reads, but returning from any of them aborts them all first. */
function stopping(reads: ReadonlyArray<AsyncIterable<RecordBatch>>, left: AbortController): Array<AsyncIterable<RecordBatch>> {
  return reads.map((read) => ({
    [Symbol.asyncIterator]: () => {
      const iterator = read[Symbol.asyncIterator]()
      return {
        next: () => iterator.next(),
        return: async () => {
          left.abort()
          await iterator.return?.()
          return { done: true as const, value: undefined }
        },
      }
    },
  }))
}
