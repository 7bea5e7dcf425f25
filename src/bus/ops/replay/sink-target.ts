import type { BusRecord, RecordBatch } from '../../bus.ts'
import type { RecordSink } from '../tail.ts'
import type { ReplayTarget } from './replay.ts'
import type { Rewrite } from './rewrite.ts'

const FLUSH_BYTES = 256 << 10

/** Replays into a sink (standard output): paced, but with no position kept. */
export class SinkTarget implements ReplayTarget {
  readonly #sink: RecordSink
  readonly #rewrite: Rewrite

  constructor(sink: RecordSink, rewrite: Rewrite) {
    this.#sink = sink
    this.#rewrite = rewrite
  }

  get full(): boolean {
    return this.#sink.pending >= FLUSH_BYTES
  }

  get closed(): boolean {
    return this.#sink.closed
  }

  take(batch: RecordBatch, i: number): boolean {
    this.#sink.add(batchOfOne(this.#rewrite(batch.record(i))), 0)
    return true
  }

  flush(): Promise<void> {
    return this.#sink.flush()
  }
}

/** A record as a batch of its own. */
function batchOfOne(record: BusRecord): RecordBatch {
  return {
    topic: record.topic,
    partition: record.partition,
    count: 1,
    nextOffset: record.offset + 1,
    highWatermark: record.offset + 1,
    offset: () => record.offset,
    timestamp: () => record.timestamp,
    key: () => record.key,
    value: () => record.value,
    headers: () => record.headers,
    record: () => record,
    *[Symbol.iterator]() {
      yield record
    },
  }
}

/** Counts what a replay would write, for `--dry-run`. */
export class CountingTarget implements ReplayTarget {
  readonly full = false
  readonly closed = false
  /** Records per destination topic. */
  readonly topics = new Map<string, number>()
  readonly #route: (record: BusRecord) => string | undefined

  constructor(route: (record: BusRecord) => string | undefined) {
    this.#route = route
  }

  take(batch: RecordBatch, i: number): boolean {
    const topic = this.#route(batch.record(i))
    if (topic !== undefined) this.topics.set(topic, (this.topics.get(topic) ?? 0) + 1)
    return topic !== undefined
  }

  async flush(): Promise<void> {}
}
