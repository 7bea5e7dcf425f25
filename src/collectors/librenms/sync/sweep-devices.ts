import { decodeDevice } from '../decode/device.ts'
import { eachAtMost } from './pool.ts'
import { readDevice } from './read-device.ts'
import type { Session } from './session.ts'

/** Requests of a sweep at once: one of the four is left to whoever follows the logs. */
export const SWEEPERS = 3

/** All devices; those that are gone for certain get tombstones, and all that was theirs. @returns rows */
export async function sweepDevices(session: Session): Promise<number> {
  const { api, store, fleet } = session
  const place = session.order.list()
  const before = [...store.devices()]
  const seen = new Set<number>()
  for await (const rows of api.devices('all')) {
    for (const row of rows) {
      const decoded = decodeDevice(row, session.decoding)
      if (typeof decoded !== 'string') {
        seen.add(decoded.device_id)
        if (session.order.isOld('device', decoded.device_id, place)) continue
      }
      const put = session.putDevice(row, decoded)
      if (!put) continue
      const facts = fleet.devices.get(put.device_id)
      if (facts) session.samples.device(put.device_id, facts)
    }
    await store.relieve()
    await session.samples.relieve()
  }
  await store.flush()
  await removeGone(
    session,
    before.filter((device) => !seen.has(device)),
    seen.size,
  )
  return seen.size
}

/** A device that the list does not show is gone when LibreNMS says so of itself: 404. */
async function removeGone(session: Session, missing: readonly number[], shown: number): Promise<void> {
  if (!session.mayRemove('devices', missing.length, session.store.known.librenms_devices.size, shown)) return
  await eachAtMost(missing, SWEEPERS, async (device) => {
    if (!(await session.api.deviceExists(device))) session.removeDevice(device)
  })
}

/** Those that are down, and those that were and are not in that list any more. @returns rows */
export async function sweepDown(session: Session): Promise<number> {
  const place = session.order.list()
  const down = new Set<number>()
  for await (const rows of session.api.devices('down')) {
    for (const row of rows) {
      const decoded = decodeDevice(row, session.decoding)
      if (typeof decoded !== 'string' && session.order.isOld('device', decoded.device_id, place)) continue
      const put = session.putDevice(row, decoded)
      if (put) down.add(put.device_id)
    }
  }
  const risen = [...session.fleet.devices].filter(([device, { up, quiet }]) => !up && !quiet && !down.has(device)).map(([device]) => device)
  await eachAtMost(risen, SWEEPERS, (device) => readDevice(session, device))
  return down.size
}
