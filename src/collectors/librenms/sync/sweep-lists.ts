import type { Row } from '../client/api.ts'
import type { Decoded } from '../decode/context.ts'
import { decodeLink } from '../decode/link.ts'
import { decodePort } from '../decode/port.ts'
import { decodeSensor } from '../decode/sensor.ts'
import type { ReadKind } from './read-order.ts'
import { idOf, type RowOf, type RowTopic } from './row-topics.ts'
import type { Session } from './session.ts'

interface List<T extends RowTopic> {
  topic: T
  /** For people: "ports". */
  what: string
  rows: AsyncIterable<Row[]>
  decode(row: Row): Decoded<RowOf<T> & { event_time: string }>
  /** The same rows may be read of one device at a time meanwhile. */
  kind?: ReadKind
  also?(row: Row, device: number): void
}

/** All ports of all devices. @returns rows */
export const sweepPorts = (session: Session): Promise<number> =>
  sweep(session, {
    topic: 'librenms_ports',
    what: 'ports',
    kind: 'ports',
    rows: session.api.ports(),
    decode: (row) => decodePort(row, session.decoding),
    also: (row, device) => session.samples.port(row, session.fleet.devices.get(device)),
  })

export const sweepSensors = (session: Session): Promise<number> =>
  sweep(session, {
    topic: 'librenms_sensors',
    what: 'sensors',
    kind: 'sensors',
    rows: session.api.sensors(),
    decode: (row) => decodeSensor(row, session.decoding),
    also: (row, device) => session.samples.sensor(row, session.fleet.devices.get(device)),
  })

export const sweepLinks = (session: Session): Promise<number> =>
  sweep(session, {
    topic: 'librenms_links',
    what: 'links',
    rows: session.api.links(),
    decode: (row) => decodeLink(row, session.decoding),
  })

/** A list of everything of a kind: what was known and is not in it when it has come to its end is gone, within reason. */
async function sweep<T extends RowTopic>(session: Session, { topic, what, rows, decode, kind, also }: List<T>): Promise<number> {
  const known = session.store.known[topic]
  const place = session.order.list()
  const isOld = (device: number) => kind !== undefined && session.order.isOld(kind, device, place)
  const seen = new Map<number, Set<number>>()
  let shown = 0
  for await (const batch of rows) {
    for (const row of batch) {
      const decoded = decode(row)
      const device = typeof decoded === 'string' ? undefined : (decoded as unknown as { device_id: number }).device_id
      if (device !== undefined && isOld(device)) continue
      const put = session.put(topic, row, decoded)
      if (!put || device === undefined) continue
      shown++
      const ids = seen.get(device)
      if (ids) ids.add(idOf(topic, put))
      else seen.set(device, new Set([idOf(topic, put)]))
      also?.(row, device)
    }
    await session.store.relieve()
    await session.samples.relieve()
  }
  // What was put above is known only once it is written.
  await session.store.flush()
  const missing = [...known.devices()].flatMap((device) => (isOld(device) ? [] : absent(device, known.idsOf(device), seen.get(device))))
  if (session.mayRemove(what, missing.length, known.size, shown))
    for (const [device, id] of missing) session.store.remove(topic, device, id)
  return shown
}

const absent = (device: number, ids: readonly number[], seen: ReadonlySet<number> | undefined): Array<[device: number, id: number]> =>
  ids.filter((id) => !seen?.has(id)).map((id) => [device, id])
