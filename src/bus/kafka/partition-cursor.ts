import { type BatchHeader, damaged, decodeBatch, type StoredBatch } from './batch-decoder.ts'
import { BatchView } from './batch-view.ts'
import type { ArenaPool } from './codec-wasm/arena.ts'
import { visibleBatches } from './committed.ts'
import type { FetchedPartition } from './fetch-call.ts'

/** So many answers in a row may lie before the offset that was asked for. */
const BACKWARD_MOST = 3

/** Where reading one partition stands. */
export class PartitionCursor {
  readonly topic: string
  readonly partition: number
  /** Offset of the next Fetch. */
  position: number
  /** Offset to stop before; Infinity where there is none. */
  readonly end: number
  /** The broker that it is read from: the leader, or a follower that is nearer; null while that is unknown. */
  node: number | null = null
  /** Until when a follower is read before the leader is asked again who is nearest, ms; 0 while reading from the leader. */
  followerUntil = 0
  /** Until when a broker that has nothing new is believed, ms. */
  quietUntil = 0
  /** Until when only the leader is read, after a follower failed, ms. */
  leaderUntil = 0
  /** True while a valid position is being looked for. */
  moving = false
  /** Since when nothing could be read, ms; null while all is well. */
  stuckSince: number | null = null
  /** Batches handed out or waiting to be taken: two at most, so that one is read while one is handled. */
  outstanding = 0
  #backward = 0

  constructor(topic: string, partition: number, from: number, end: number) {
    this.topic = topic
    this.partition = partition
    this.position = from
    this.end = end
  }

  get done(): boolean {
    return this.position >= this.end
  }

  get place(): string {
    return `"${this.topic}" partition ${this.partition}`
  }

  /**
   * Moves on over an answer, and returns what is left to do with it: decoding, which can wait until the next Fetch is under way, and goes from
   * batch to batch as they are taken. Where the position moves there is a batch to say so, an empty one if all it passed are markers, aborted or
   * compacted records.
   */
  advance(
    answer: FetchedPartition,
    options: { readCommitted: boolean; checkCrc: boolean; maxBatchBytes: number; arenas?: ArenaPool | null },
  ): (() => AsyncGenerator<BatchView>) | null {
    const { visible, nextOffset } = visibleBatches(answer, this.place)
    if (nextOffset === null) return null
    const from = this.position
    if (nextOffset <= from) {
      // One such answer may be late; a broker that gives nothing else would be asked without a pause for ever.
      if (++this.#backward > BACKWARD_MOST) throw damaged(this.place, `it ends at offset ${nextOffset}, where ${from} was asked for`)
      return null
    }
    this.#backward = 0
    this.position = nextOffset
    const wanted = visible.filter((header) => header.nextOffset > from && header.baseOffset < this.end)
    const highWatermark = options.readCommitted ? answer.lastStableOffset : answer.highWatermark
    const last = Math.min(this.position, this.end)
    return () => this.#decode(answer.records, wanted, { ...options, from, last, highWatermark })
  }

  async *#decode(
    records: Buffer,
    headers: readonly BatchHeader[],
    options: { checkCrc: boolean; maxBatchBytes: number; arenas?: ArenaPool | null; from: number; last: number; highWatermark: number },
  ): AsyncGenerator<BatchView> {
    const { from, last, highWatermark, maxBatchBytes, checkCrc, arenas = null } = options
    const view = (nextOffset: number) => new BatchView(this.topic, this.partition, parts, { nextOffset, highWatermark })
    let parts: StoredBatch[] = []
    let bytes = 0
    let reached = from
    for (const [i, header] of headers.entries()) {
      let stored: StoredBatch | null
      try {
        const decoding = decodeBatch(records, header, { from, to: this.end }, { place: this.place, checkCrc, arenas })
        stored = decoding instanceof Promise ? await decoding : decoding
      } catch (error) {
        // What came before it is good.
        if (parts.length > 0) yield view(reached)
        throw error
      }
      reached = Math.min(header.nextOffset, this.end)
      if (stored) parts.push(stored)
      // What lies in an answer that is used again is held by it anyway: one piece costs less than several.
      if (stored && !(arenas && stored.asItCame)) bytes += stored.bytes.length
      if (bytes < maxBatchBytes || i === headers.length - 1) continue
      yield view(reached)
      parts = []
      bytes = 0
    }
    yield view(last)
  }
}
