import type { LibrenmsAlert } from '../../../events/event-types.ts'
import type { Row } from '../client/api.ts'
import { type DecodeContext, type Decoded, instanceOf } from './context.ts'
import { flag, instant, integer, text } from './values.ts'

/** LibreNMS's states 0 to 5, by number. */
export const ALERT_STATES = ['recovered', 'active', 'acknowledged', 'worse', 'better', 'changed'] as const

const SEVERITIES = ['ok', 'warning', 'critical'] as const

/** A row of `/alerts`. @param opening id in the alert log of the row that opened the incident, where it is known */
export function decodeAlert(row: Row, context: DecodeContext, opening: number | undefined): Decoded<LibrenmsAlert> {
  const id = integer(row.id)
  const device = integer(row.device_id)
  const rule = integer(row.rule_id)
  const state = ALERT_STATES[integer(row.state) ?? -1]
  if (id === undefined) return 'an alert has no id'
  if (device === undefined || rule === undefined) return `alert ${id} has no device_id or no rule_id`
  if (state === undefined) return `alert ${id} has state ${JSON.stringify(row.state)}, which is none`
  const info = objectOf(row.info)
  const open = flag(row.open)
  return {
    device_id: device,
    alert_id: id,
    ...instanceOf(context),
    rule_id: rule,
    alert_state: state,
    severity: SEVERITIES.find((severity) => severity === row.severity) ?? 'unknown',
    ...(open !== undefined && { open }),
    rule_name: text(row.name),
    hostname: text(row.hostname),
    opening_log_id: opening ?? null,
    changed_at: instant(row.timestamp, context.zone),
    note: nameless(text(row.note), context),
    until_clear: flag(info.until_clear) ?? null,
    procedure_url: text(row.proc) || null,
  }
}

/** LibreNMS begins what is noted at an acknowledgement with `2026-11-25 20:25:38 - Ack (jane) `: who it was is no name here either. */
function nameless(note: string | null, { person }: DecodeContext): string | null {
  if (note === null) return null
  return note.replace(
    /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - \w+ )\(([^()\n]+)\)/gm,
    (_, begin: string, name: string) => `${begin}(${person(name)})`,
  )
}

/** `info` is JSON in text, an object, or nothing. */
function objectOf(value: unknown): Row {
  if (typeof value === 'object' && value !== null) return value as Row
  if (typeof value !== 'string') return {}
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Row) : {}
  } catch {
    return {}
  }
}
