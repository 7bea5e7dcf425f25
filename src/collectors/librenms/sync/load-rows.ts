import type { Bus, RecordBatch, TakenOver } from '../../../bus/bus.ts'
import { readStanding } from '../../../bus/ops/read-standing.ts'
import { hashOf, type RowStore } from './row-store.ts'
import { type RowTopic, rowTopics } from './row-topics.ts'

/** How a value begins that RowStore wrote. */
const PREFIX = /^\{"event_time":"[^"]{24}",("device_id":(\d+))/

/** Told of every row that stands, in no order; the value is its JSON. */
export type OnRow = (topic: RowTopic, device: number, id: number, value: string) => void

/**
 * Reads the topics of last states back into the store: what the bus has is what is known, whatever became of the process that wrote it.
 * @returns records read
 */
export async function loadRows(
  bus: Pick<Bus, 'read'>,
  taken: TakenOver,
  store: RowStore,
  instance: string | undefined,
  onRow: OnRow,
): Promise<number> {
  let records = 0
  for (const topic of rowTopics) {
    for await (const batch of readStanding(bus, topic, taken)) {
      records += batch.count
      take(topic, batch, store, instance, onRow)
    }
  }
  return records
}

function take(topic: RowTopic, batch: RecordBatch, store: RowStore, instance: string | undefined, onRow: OnRow): void {
  const known = store.known[topic]
  for (let i = 0; i < batch.count; i++) {
    const ids = ownIds(batch.key(i)?.toString('utf8') ?? '', instance)
    if (!ids) continue
    const id = ids[ids.length - 1] as number
    const value = batch.value(i)?.toString('utf8')
    if (value === undefined) {
      forget(store, topic, ids)
      continue
    }
    const match = PREFIX.exec(value)
    if (!match) {
      // Somebody else's record: whatever LibreNMS shows is news.
      forget(store, topic, ids)
      continue
    }
    const device = Number(match[2])
    known.set(device, id, hashOf(topic, `{${value.slice(match[0].length - (match[1] as string).length)}`))
    onRow(topic, device, id, value)
  }
}

/** A tombstone's key tells the device in two topics; in the others it is looked for, which is rare enough. */
function forget(store: RowStore, topic: RowTopic, ids: readonly number[]): void {
  const known = store.known[topic]
  const id = ids[ids.length - 1] as number
  const told = topic === 'librenms_inventory' ? ids[0] : topic === 'librenms_devices' ? id : undefined
  for (const device of told === undefined ? known.devices() : [told]) {
    if (known.hash(device, id) === undefined) continue
    known.delete(device, id)
    return
  }
}

/** The numbers of a key of this instance: `hq:17` or `17`; undefined for another instance's. */
function ownIds(key: string, instance: string | undefined): number[] | undefined {
  const own = instance === undefined ? key : key.startsWith(`${instance}:`) ? key.slice(instance.length + 1) : ''
  return /^\d+(:\d+)?$/.test(own) ? own.split(':').map(Number) : undefined
}
