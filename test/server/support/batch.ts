import type { BusRecord, RecordBatch } from '../../../src/bus/bus.ts'

/** A batch of one record, as a bus would hand it over. */
export function batchOf(topic: string, offset: number, timestamp: number, key: string, value: unknown): RecordBatch {
  const bytes = value === null ? null : Buffer.from(JSON.stringify(value))
  const record = { topic, partition: 0, offset, timestamp, key: Buffer.from(key), value: bytes, headers: [] } as unknown as BusRecord
  return {
    ...{ topic, partition: 0, count: 1, nextOffset: offset + 1, highWatermark: offset + 1 },
    ...{ offset: () => offset, timestamp: () => timestamp, key: () => Buffer.from(key), value: () => bytes },
    ...{ headers: () => [] as never, record: () => record },
    *[Symbol.iterator]() {
      yield record
    },
  }
}
