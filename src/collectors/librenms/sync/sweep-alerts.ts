import type { Row } from '../client/api.ts'
import { decodeAlert } from '../decode/alert.ts'
import { eachAtMost } from './pool.ts'
import type { Session } from './session.ts'
import { SWEEPERS } from './sweep-devices.ts'

/**
 * Alerts that have not recovered; those that were open and are not among them are looked at one by one: recovered, or gone with their rule
 * or device. Acknowledging leaves no trace in either log, so that this is the only way to see it.
 * @returns rows
 */
export async function sweepAlerts(session: Session): Promise<number> {
  const before = [...session.fleet.alerts]
  const seen = new Set<number>()
  for await (const rows of session.api.openAlerts()) {
    for (const row of rows) {
      const id = put(session, row)
      if (id !== undefined) seen.add(id)
    }
    await session.store.relieve()
  }
  const closed = before.filter(([id]) => !seen.has(id))
  const gone: Array<[id: number, device: number]> = []
  await eachAtMost(closed, SWEEPERS, async ([id, { device }]) => {
    const row = await session.api.alert(id)
    if (row) put(session, row)
    else gone.push([id, device])
  })
  // That an alert is not shown in any state is LibreNMS's word for it; of very many at once it is not taken.
  if (!session.mayRemove('open alerts', gone.length, before.length, 1)) return seen.size
  for (const [id, device] of gone) {
    session.store.remove('librenms_alerts', device, id)
    session.fleet.alerts.delete(id)
  }
  return seen.size
}

function put(session: Session, row: Row): number | undefined {
  const opening = session.state.openings[`${Number(row.device_id)}:${Number(row.rule_id)}`]
  const alert = session.put('librenms_alerts', row, decodeAlert(row, session.decoding, opening))
  if (alert) session.fleet.alert(alert)
  return alert?.alert_id
}
