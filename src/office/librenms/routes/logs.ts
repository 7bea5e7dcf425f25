import type { Row, Value } from '../json.ts'
import { DEVICE_SECRETS } from '../models/columns.ts'
import type { Quirks } from '../quirks.ts'
import type { AlertLogged } from '../world/alert-book.ts'
import type { Log, Logged } from '../world/log.ts'
import type { Event } from '../world/state.ts'
import { error, list, SERVER_ERROR } from './answers.ts'
import type { Answer, Call, Route } from './call.ts'

export const LOG_ROUTES: readonly Route[] = [
  { name: 'list_eventlog', method: 'GET', path: 'logs/eventlog/{hostname?}', rights: 'read', handle: eventlog },
  { name: 'list_syslog', method: 'GET', path: 'logs/syslog/{hostname?}', rights: 'read', handle: none },
  { name: 'list_alertlog', method: 'GET', path: 'logs/alertlog/{hostname?}', rights: 'read', handle: alertlog },
  { name: 'list_authlog', method: 'GET', path: 'logs/authlog', rights: 'read', handle: none },
]

function eventlog(call: Call): Answer {
  return logs(call, call.world.events, (event: Event) => ({
    ...deviceColumns(call, event),
    host: event.device,
    event_id: event.id,
    device_id: event.device,
    datetime: call.world.time.local(event.at),
    message: event.message,
    type: event.type,
    reference: event.reference,
    username: event.username,
    severity: event.severity,
  }))
}

function alertlog(call: Call): Answer {
  return logs(call, call.world.alerts.log, (row: AlertLogged) => ({
    ...deviceColumns(call, row),
    id: row.id,
    rule_id: row.rule,
    device_id: row.device,
    state: row.state,
    details: call.quirks.secrets ? row.details : withoutSecrets(row.details),
    time_logged: call.world.time.local(row.at),
  }))
}

function none(call: Call): Answer {
  return list<Row>(call, 'logs', [], (row) => row, { extra: { total: 0 } })
}

/**
 * A page of a log. `from` and `to` are ids when they are numbers, times otherwise; `start` is an offset in what is left; rows go by time,
 * not by id. The log of a host that does not exist is everybody's.
 */
function logs<T extends Logged>(call: Call, log: Log<T>, render: (row: T) => Row): Answer {
  const { query, params, world, quirks } = call
  const whole = (name: string, otherwise: number) => {
    const value = query.get(name)
    return value === null ? otherwise : Number.parseInt(value, 10) || 0
  }
  const [start, limit] = [whole('start', 0), whole('limit', 50)]
  // The numbers go into the statement: a negative one is no SQL.
  if (start < 0 || limit < 0) return SERVER_ERROR()
  const host = params.hostname
  const device = host === undefined ? undefined : /^\d+$/.test(host) ? Number(host) : world.inventory.find(host)?.id
  if (host !== undefined && device === undefined && !quirks.unknownHostIsAll) return error(404, `Device ${host} not found`)
  const { from, to } = { from: query.get('from'), to: query.get('to') }
  const first = from && isNumeric(from) ? log.firstFrom(Number(from)) : 0
  const [after, until] = [timeOf(call, from), timeOf(call, to)]
  const rows = log.rows.slice(first).filter((row) => {
    if (device !== undefined && (row.device !== device || !world.inventory.devices.has(row.device))) return false
    if (to && isNumeric(to) && row.id > Number(to)) return false
    return row.at >= after && (until === 0 || row.at <= until)
  })
  const descending = query.get('sortorder') === 'DESC'
  rows.sort((a, b) => (descending ? b.at - a.at : a.at - b.at) || tied(quirks.ties, a, b, descending, start))
  return list(call, 'logs', rows.slice(start, start + limit), render, { extra: { total: rows.length } })
}

/** The order of two rows of one second. */
function tied(ties: Quirks['ties'], a: Logged, b: Logged, descending: boolean, page: number): number {
  const byId = descending ? b.id - a.id : a.id - b.id
  if (ties === 'id') return byId
  if (ties === 'reverse') return -byId
  const shuffled = ({ id }: Logged) => Math.imul(id ^ (page + 1), 0x9e3779b1) >>> 0
  return shuffled(a) - shuffled(b)
}

function isNumeric(text: string): boolean {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)
}

/** 0 where it is no time. */
function timeOf({ world }: Call, text: string | null): number {
  if (!text || isNumeric(text)) return 0
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?/.exec(text) ?? []
  if (day === undefined) return 0
  return world.time.instant(`${day} ${time === undefined ? '00:00:00' : time.padEnd(8, ':00')}`)
}

function deviceColumns({ world }: Call, { device }: Logged): Row {
  const row = world.inventory.devices.get(device)?.row
  return { hostname: row?.hostname ?? null, sysName: row?.sysName ?? null }
}

function withoutSecrets(value: Row | null): Row | null {
  const secret: readonly string[] = DEVICE_SECRETS
  const strip = (inner: Value): Value => {
    if (Array.isArray(inner)) return inner.map(strip)
    if (inner === null || typeof inner !== 'object') return inner
    return Object.fromEntries(
      Object.entries(inner)
        .filter(([key]) => !secret.includes(key))
        .map(([key, member]) => [key, strip(member as Value)]),
    )
  }
  return value && (strip(value) as Row)
}
