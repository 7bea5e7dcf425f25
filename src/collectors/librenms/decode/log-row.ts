import type { LibrenmsEvent } from '../../../events/event-types.ts'
import type { Row } from '../client/api.ts'
import { isOwnEvent } from '../own-event.ts'
import { ALERT_STATES } from './alert.ts'
import { type DecodeContext, instanceOf } from './context.ts'
import { integer, text, time } from './values.ts'

export type LogName = 'eventlog' | 'alertlog'

/** The id of a row of a log. */
export const logId = (log: LogName, row: Row): number | undefined => integer(log === 'eventlog' ? row.event_id : row.id)

/** A row of a log as an event, or, as text, why it is none. */
export function decodeLogRow(log: LogName, row: Row, context: DecodeContext): LibrenmsEvent | string {
  const id = logId(log, row)
  if (id === undefined) return `a row of the ${log} has no id`
  const at = time(log === 'eventlog' ? row.datetime : row.time_logged, context.zone)
  if (at === null) return `row ${id} of the ${log} has no time`
  const common = { event_time: new Date(at).toISOString(), device_id: integer(row.device_id) ?? 0, ...instanceOf(context), log, log_id: id }
  return log === 'eventlog' ? { ...common, ...eventFields(row, context) } : { ...common, ...alertFields(row) }
}

function eventFields(row: Row, context: DecodeContext) {
  const type = text(row.type)
  const user = text(row.username)
  const severity = integer(row.severity)
  const own = isOwnEvent({ type, username: user, message: text(row.message) }, context.own)
  return {
    event_type: type || 'unknown',
    summary: text(row.message) ?? '',
    ...(severity !== undefined && severity >= 0 && severity <= 5 && { severity }),
    reference: text(row.reference) || null,
    hostname: text(row.hostname),
    actor: user ? context.person(user) : null,
    ...(own && { own }),
  }
}

function alertFields(row: Row) {
  const rule = integer(row.rule_id)
  const state = integer(row.state) ?? -1
  const name = ALERT_STATES[state] ?? `state ${state}`
  const found = faults(row.details)
  return {
    event_type: 'alert',
    summary: `rule ${rule ?? '?'}: ${name}${found.length > 0 ? `, ${found.length} ${found.length === 1 ? 'fault' : 'faults'}` : ''}`,
    hostname: text(row.hostname),
    ...(rule !== undefined && { rule_id: rule }),
    alert_state: name,
    ...(found.length > 0 && { extra: { faults: found.slice(0, MOST_FAULTS) } }),
  }
}

const MOST_FAULTS = 50

/** What tells one fault from another. The rows are whole joined tables; the rest of them is on the other topics, and some of it is secret. */
const TELLING = [
  'port_id',
  'ifName',
  'ifAlias',
  'ifOperStatus',
  'sensor_id',
  'sensor_class',
  'sensor_descr',
  'sensor_current',
  'service_id',
]

function faults(details: unknown): Row[] {
  const rule = typeof details === 'object' && details !== null ? (details as Row).rule : undefined
  if (!Array.isArray(rule)) return []
  return rule.map((fault) => Object.fromEntries(TELLING.flatMap((name) => (fault?.[name] === undefined ? [] : [[name, fault[name]]]))))
}
