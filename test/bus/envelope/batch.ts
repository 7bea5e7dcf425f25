import type { BusRecord, RecordBatch } from '../../../src/bus/bus.ts'

/** Records as a batch of one partition, without a bus. */
export function batchOf(
  records: ReadonlyArray<Partial<BusRecord>>,
  at: { topic?: string; partition?: number; baseOffset?: number } = {},
): RecordBatch {
  const { topic = 't', partition = 0, baseOffset = 0 } = at
  const full = records.map(
    (record, i): BusRecord => ({ topic, partition, offset: baseOffset + i, timestamp: 0, key: null, value: null, headers: [], ...record }),
  )
  const of = (i: number) => {
    const record = full[i]
    if (!record) throw new RangeError(`record ${i} of ${full.length}`)
    return record
  }
  return {
    topic,
    partition,
    count: full.length,
    nextOffset: baseOffset + full.length,
    highWatermark: baseOffset + full.length,
    offset: (i) => of(i).offset,
    timestamp: (i) => of(i).timestamp,
    key: (i) => of(i).key,
    value: (i) => of(i).value,
    headers: (i) => of(i).headers,
    record: of,
    [Symbol.iterator]: () => full[Symbol.iterator](),
  }
}
