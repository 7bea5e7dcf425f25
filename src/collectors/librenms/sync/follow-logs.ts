import type { OutRecord } from '../../../bus/bus.ts'
import { toRecord } from '../../../events/index.ts'
import type { Row } from '../client/api.ts'
import { decodeLogRow, type LogName } from '../decode/log-row.ts'
import { integer, text } from '../decode/values.ts'
import { beginAgain, beginLog, isPurged, type LogStep, readLog } from './log-tail.ts'
import type { Session } from './session.ts'
import type { DeviceTask, SyncState } from './sync-state.ts'

const LOGS: readonly LogName[] = ['eventlog', 'alertlog']

/** Where each log begins, if it has not been read yet; once per run, whether it has lost rows since it was. */
export async function openLogs(session: Session): Promise<void> {
  for (const log of LOGS) {
    const known = session.state[log]
    if (known === null) {
      const begun = await beginLog(session.api, log)
      await session.commit([], (state) => {
        state[log] = begun
      })
    } else if (await isPurged(session.api, log, known)) {
      session.context.metrics.add('purged')
      session.context.logger.warn(`LibreNMS deleted rows of its ${log} before they were read; everything is read anew`)
      await session.commit([], (state) => {
        state.resync = true
      })
    }
  }
}

/** New rows of both logs, each published once, and what is to be read because of them. @param heard told of the device of each row, 0 for alerts @returns rows */
export async function followLogs(session: Session, heard: (device: number) => void): Promise<number> {
  let rows = 0
  for (const log of LOGS) {
    const from = session.state[log]
    if (from === null) continue
    for await (const step of readLog(session.api, log, from)) {
      rows += step.rows.length
      await take(session, log, step)
      // The alert log's reason to look is one for all devices.
      for (const row of step.rows) heard(log === 'alertlog' ? 0 : (integer(row.device_id) ?? 0))
    }
  }
  return rows
}

async function take(session: Session, log: LogName, { rows, state: reached, lost }: LogStep): Promise<void> {
  const before = session.state[log]
  if (rows.length === 0 && !lost && JSON.stringify(before) === JSON.stringify(reached)) return
  if (lost) {
    session.context.metrics.add('resets')
    session.context.logger.warn(`LibreNMS has another database: the ${log} begins anew, and everything is read anew`)
  }
  // Of another database the other log is another one too.
  const alertlog = session.state.alertlog
  const alsoLost = lost && log === 'eventlog' && alertlog !== null ? await beginAgain(session.api, 'alertlog', alertlog) : undefined
  const records = rows.flatMap((row) => record(session, log, row))
  await session.commit(records, (state) => {
    state[log] = reached
    if (lost) {
      state.epoch++
      if (alsoLost) state.alertlog = alsoLost.state
      state.resync = true
      state.openings = {}
    }
    for (const row of rows) note(state, log, row)
  })
}

function record(session: Session, log: LogName, row: Row): OutRecord[] {
  const event = decodeLogRow(log, row, session.decoding)
  if (typeof event === 'string') {
    session.malformed('librenms_events', row, event)
    return []
  }
  const id = `${log}:${session.state.epoch}:${event.log_id}`
  return [toRecord('librenms_events', event, { source: session.source, id })]
}

/** What a row of a log says is a reason to look, never the news itself. */
function note(state: SyncState, log: LogName, row: Row): void {
  const device = integer(row.device_id) ?? 0
  if (log === 'alertlog') {
    state.alertsPending = true
    if (integer(row.state) === 1) {
      const key = `${device}:${integer(row.rule_id) ?? 0}`
      // Last in the order of the object, which is the order of age.
      delete state.openings[key]
      state.openings[key] = integer(row.id) ?? 0
    }
    return
  }
  if (device === 0) {
    // A device that is gone has no rows any more, only this one.
    state.devicesPending ||= /has been removed/i.test(text(row.message) ?? '')
    return
  }
  const task = state.pending[device] ?? {}
  state.pending[device] = merge(task, taskOf(row))
}

/** Types of events of sensors are their classes, some in capitals. */
const SENSOR_CLASSES: ReadonlySet<string> = new Set([
  ...['airflow', 'ber', 'bitrate', 'charge', 'chromatic_dispersion', 'cooling', 'count', 'current', 'dbm', 'delay', 'eer', 'fanspeed'],
  ...['frequency', 'humidity', 'load', 'loss', 'percent', 'power', 'power_consumed', 'power_factor', 'pressure', 'quality_factor'],
  ...['runtime', 'signal', 'signal_loss', 'snr', 'state', 'temperature', 'tv_signal', 'voltage', 'waterflow'],
])

function taskOf(row: Row): DeviceTask {
  const type = (text(row.type) ?? '').toLowerCase()
  const reference = integer(row.reference)
  if (type === 'interface') return { ports: true }
  if (SENSOR_CLASSES.has(type) && reference !== undefined) return { sensors: [[type, reference]] }
  return { device: true }
}

function merge(a: DeviceTask, b: DeviceTask): DeviceTask {
  const sensors = new Map([...(a.sensors ?? []), ...(b.sensors ?? [])].map((sensor) => [sensor[1], sensor]))
  return {
    ...((a.device || b.device) && { device: true }),
    ...((a.ports || b.ports) && { ports: true }),
    ...(sensors.size > 0 && { sensors: [...sensors.values()] }),
  }
}
