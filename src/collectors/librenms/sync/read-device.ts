import type { Asking } from '../client/api.ts'
import { decodeDevice } from '../decode/device.ts'
import { decodeEntity } from '../decode/entity.ts'
import { decodePort } from '../decode/port.ts'
import { decodeSensor } from '../decode/sensor.ts'
import type { ReadKind } from './read-order.ts'
import { idOf, type RowOf, type RowTopic } from './row-topics.ts'
import type { Session } from './session.ts'

/** Rows of a device that were there and are not in a complete list of them: tombstones, within reason. */
export function removeMissing(session: Session, topic: RowTopic, what: string, device: number, seen: ReadonlySet<number>): void {
  const known = session.store.known[topic]
  const missing = known.idsOf(device).filter((id) => !seen.has(id))
  // Its last one may go: whoever asks has made sure that the device itself can be seen.
  if (!session.mayRemove(what, missing.length, known.size, 1)) return
  for (const id of missing) session.store.remove(topic, device, id)
}

/** The device's own row. One that is not shown is left to the sweep, which looks twice. */
export async function readDevice(session: Session, device: number, how?: Asking): Promise<void> {
  const place = session.order.one('device', device)
  const row = await session.api.device(device, how)
  if (session.order.isOld('device', device, place)) return
  if (!row) return lookForGone(session)
  session.putDevice(row, decodeDevice(row, session.decoding))
}

/** All ports of a device. */
export async function readPorts(session: Session, device: number, how?: Asking): Promise<void> {
  const place = session.order.one('ports', device)
  const rows = await session.api.portsOf(device, how)
  if (rows.length === 0 && !(await canBeSeen(session, 'librenms_ports', device))) return
  if (session.order.isOld('ports', device, place)) return
  const seen = new Set<number>()
  for (const row of rows) {
    const decoded = session.put(
      'librenms_ports',
      { device_id: device, ...row },
      decodePort({ device_id: device, ...row }, session.decoding),
    )
    if (decoded) seen.add(idOf('librenms_ports', decoded))
    session.samples.port(row, session.fleet.devices.get(device))
  }
  removeMissing(session, 'librenms_ports', 'ports', device, seen)
}

export async function readSensor(session: Session, device: number, sensorClass: string, id: number, how?: Asking): Promise<void> {
  const place = session.order.one('sensors', device)
  const row = await session.api.sensor(device, sensorClass, id, how)
  if (!row || overtaken(session, 'sensors', device, place)) return
  session.put('librenms_sensors', row, decodeSensor(row, session.decoding))
  session.samples.sensor(row, session.fleet.devices.get(device))
}

export async function readInventory(session: Session, device: number): Promise<void> {
  const rows = await session.api.inventoryOf(device)
  if (rows.length === 0 && !(await canBeSeen(session, 'librenms_inventory', device))) return
  const seen = new Set<number>()
  for (const row of rows) {
    const decoded: RowOf<'librenms_inventory'> | undefined = session.put('librenms_inventory', row, decodeEntity(row, session.decoding))
    if (decoded) seen.add(decoded.entity_index)
  }
  removeMissing(session, 'librenms_inventory', 'entities', device, seen)
}

const overtaken = (session: Session, kind: ReadKind, device: number, place: number) => session.order.isOld(kind, device, place)

/** Nothing may mean none, or that the device is gone or out of sight: asked only where something was known. */
async function canBeSeen(session: Session, topic: RowTopic, device: number): Promise<boolean> {
  if (session.store.known[topic].countOf(device) === 0) return true
  if (await session.api.deviceExists(device)) return true
  lookForGone(session)
  return false
}

function lookForGone(session: Session): void {
  session.state.devicesPending = true
}
