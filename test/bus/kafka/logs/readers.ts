import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { Bus, BusRecord, RecordBatch } from '../../../../src/bus/bus.ts'
import { ByteBuffer } from '../../../../src/bus/envelope/byte-buffer.ts'
import { EnvelopeWriter } from '../../../../src/bus/envelope/write.ts'
import type { Cluster } from '../../../../src/bus/kafka/cluster.ts'
import { FetchPump } from '../../../../src/bus/kafka/fetch-pump.ts'
import { PartitionCursor } from '../../../../src/bus/kafka/partition-cursor.ts'
import { type RecordSink, tail } from '../../../../src/bus/ops/tail.ts'
import { NdjsonFormat } from '../../../../src/cli/record-format/ndjson.ts'
import { RAW_FORMAT } from '../../../../src/cli/record-format/raw.ts'
import { StreamSink } from '../../../../src/cli/stream-sink.ts'
import type { Reading } from './arbitrary.ts'
import type { ModelRecord } from './stored-batch.ts'

export interface Range {
  partition: number
  from: number
  to: number
}

/** What came out: records, or bytes, of each partition; in one list where the path merges them. And what it ended with. */
export interface Outcome {
  records: Map<number, ModelRecord[]>
  bytes: Map<number, Buffer[]>
  error: unknown
}

export const MERGED = -1

/** Waits for so many turns of the event loop, another number each time. */
export function slowly(slowness: readonly number[]): () => Promise<void> {
  let times = 0
  return async () => {
    for (let left = slowness[times++ % slowness.length] ?? 0; left > 0; left--) await turn()
  }
}

const added = <T>(map: Map<number, T[]>, partition: number): T[] => {
  const list = map.get(partition) ?? []
  map.set(partition, list)
  return list
}

const copyOf = ({ offset, timestamp, key, value, headers }: BusRecord): ModelRecord => ({
  ...{ offset, timestamp },
  key: key && Buffer.from(key),
  value: value && Buffer.from(value),
  headers: headers.map(([name, bytes]) => [name, Buffer.from(bytes)] as const),
})

/** By the accessors of single fields. */
const fieldsOf = (batch: RecordBatch, i: number): ModelRecord => ({
  value: copied(batch.value(i)),
  offset: batch.offset(i),
  headers: batch.headers(i).map(([name, bytes]) => [name, Buffer.from(bytes)] as const),
  key: copied(batch.key(i)),
  timestamp: batch.timestamp(i),
})
const copied = (bytes: Buffer | null) => bytes && Buffer.from(bytes)

interface Leg {
  bus: Bus
  topic: string
  ranges: readonly Range[]
  reading: Reading
  outcome: Outcome
  /** Stop after so many records. */
  most: number
}

/** Keeps every view until all has been read, and looks at them only then: what nobody gave back is nobody else's. */
export async function held({ bus, topic, ranges, reading, outcome, most }: Leg): Promise<void> {
  const views: Array<{ batch: RecordBatch; count: number }> = []
  const pause = slowly(reading.slowness)
  let count = 0
  const options = { topic, partitions: ranges, ...(reading.maxBatchBytes ? { maxBatchBytes: reading.maxBatchBytes } : {}) }
  try {
    for await (const batch of bus.read(options)) {
      const taken = Math.min(batch.count, most - count)
      views.push({ batch, count: taken })
      count += taken
      await pause()
      if (count >= most) break
    }
  } finally {
    for (const { batch, count: taken } of views) {
      for (let i = 0; i < taken; i++) added(outcome.records, batch.partition).push(copyOf(batch.record(i)))
    }
  }
}

/** Looks at a batch after a while, and never again once the next one was asked for. `follow`: from a topic that may go on. */
export async function fleeting({ bus, topic, ranges, reading, outcome, most }: Leg, follow: boolean, wanted: number): Promise<void> {
  const pause = slowly(reading.slowness)
  const enough = Math.min(most, follow ? wanted : Number.POSITIVE_INFINITY)
  if (enough === 0) return
  const stop = new AbortController()
  let count = 0
  const options = {
    topic,
    partitions: follow ? ranges.map(({ partition, from }) => ({ partition, from })) : ranges,
    follow,
    signal: stop.signal,
  }
  const size = reading.maxBatchBytes ? { maxBatchBytes: reading.maxBatchBytes } : {}
  for await (const batch of bus.read({ ...options, ...size, transient: true })) {
    await pause()
    for (let i = 0; i < batch.count && count < enough; i++, count++) {
      added(outcome.records, batch.partition).push(count % 2 === 0 ? fieldsOf(batch, i) : copyOf(batch.record(i)))
    }
    if (count < enough) continue
    if (!follow) break
    stop.abort()
  }
}

/** Takes what it is given in two halves, some turns apart, as a pipe does whose reader is behind. */
class SlowStream extends Writable {
  readonly #pause: () => Promise<void>
  readonly #chunks: Buffer[]

  constructor(pause: () => Promise<void>, chunks: Buffer[]) {
    super({ highWaterMark: 1_000 })
    this.#pause = pause
    this.#chunks = chunks
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    const half = chunk.length >> 1
    this.#pause()
      .then(() => {
        this.#chunks.push(Buffer.from(chunk.subarray(0, half)))
        return this.#pause()
      })
      .then(() => {
        this.#chunks.push(Buffer.from(chunk.subarray(half)))
        done()
      }, done)
  }
}

/** One stream a partition, by the sink of `tail`. */
class SinkOfEach implements RecordSink {
  readonly #sinks = new Map<number, StreamSink>()
  readonly #make: (partition: number) => StreamSink
  readonly closed = false

  constructor(make: (partition: number) => StreamSink) {
    this.#make = make
  }

  #of(partition: number): StreamSink {
    const sink = this.#sinks.get(partition) ?? this.#make(partition)
    this.#sinks.set(partition, sink)
    return sink
  }

  get pending(): number {
    return [...this.#sinks.values()].reduce((sum, { pending }) => sum + pending, 0)
  }

  add(batch: RecordBatch, i: number): void {
    this.#of(batch.partition).add(batch, i)
  }

  addRun(batch: RecordBatch, from: number, to: number): Promise<boolean> {
    return this.#of(batch.partition).addRun(batch, from, to)
  }

  async flush(): Promise<void> {
    for (const sink of this.#sinks.values()) await sink.flush()
  }
}

/** `tail` into a slow stream. Returns how many records it told of. */
export async function lines(
  { bus, topic, ranges, reading, outcome, most }: Leg,
  format: 'raw' | 'ndjson',
  merged: boolean,
): Promise<number> {
  const sinkOf = (partition: number) =>
    new StreamSink(
      new SlowStream(slowly(reading.slowness), added(outcome.bytes, merged ? MERGED : partition)),
      format === 'raw' ? RAW_FORMAT : new NdjsonFormat(),
    )
  const signal = new AbortController().signal
  const order = merged ? ('time' as const) : ('arrival' as const)
  const request = { ranges: [{ topic, partitions: [...ranges], warnings: [] }], follow: false, order, signal }
  const max = { max: Number.isFinite(most) ? most : undefined }
  return tail(bus, { ...request, ...max }, merged ? sinkOf(MERGED) : new SinkOfEach(sinkOf))
}

/** Several consumers of the same answers, each as slow as it likes: batches are given back out of turn. */
export async function pumped(cluster: Cluster, { topic, ranges, reading, outcome }: Leg): Promise<void> {
  let pump: FetchPump | undefined
  const queues = new Map<number, Promise<void>>()
  try {
    await cluster.topic(topic)
    const cursors = ranges.map(({ partition, from, to }) => new PartitionCursor(topic, partition, from, to))
    const { maxBatchBytes = 1 << 20 } = reading
    pump = new FetchPump(cluster.fork(), cursors, { follow: false, maxBatchBytes, fetchBytes: 1 << 20, transient: true })
    const from = pump
    const consume = async (batch: NonNullable<Awaited<ReturnType<FetchPump['next']>>>, pause: () => Promise<void>) => {
      await pause()
      const list = added(outcome.records, batch.partition)
      try {
        for (let i = 0; i < batch.count; i++) list.push(copyOf(batch.record(i)))
      } finally {
        from.release(batch)
      }
    }
    for (let batch = await pump.next(); batch !== null; batch = await pump.next()) {
      const mine = batch
      const pause = slowly([(batch.partition + 1) * (reading.slowness[0] ?? 0), ...reading.slowness])
      const before = queues.get(mine.partition) ?? Promise.resolve()
      const work = before.then(() => consume(mine, pause))
      work.catch(() => {})
      queues.set(mine.partition, work)
    }
    await Promise.all(queues.values())
  } finally {
    await Promise.allSettled(queues.values())
    pump?.close()
  }
}

/** The lines of these records. */
export function linesOf(
  records: readonly ModelRecord[],
  topic: string,
  partition: number | readonly number[],
  format: 'raw' | 'ndjson',
): Buffer {
  const out = new ByteBuffer(1 << 16)
  const writer = new EnvelopeWriter()
  for (const [i, record] of records.entries()) {
    const place = { topic, partition: typeof partition === 'number' ? partition : (partition[i] as number) }
    if (format === 'ndjson') writer.add(out, { ...place, record: () => ({ ...place, ...record }) } as unknown as RecordBatch, 0)
    else {
      if (record.value) out.bytes(record.value)
      out.byte(0x0a)
    }
  }
  return out.view()
}
