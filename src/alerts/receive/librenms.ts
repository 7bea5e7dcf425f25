import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Alert } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'
import { fingerprint } from '../fingerprint.ts'
import { clean, isObject, type Received, severityOf } from './received.ts'

/** LibreNMS's states of an alert: 0 recovered, 1 active, 2 acknowledged, 3 worse, 4 better, 5 changed. */
const RECOVERED = 0

/** Templates put names into JSON as they are: what is broken by a quote in one is looked through for these. */
const FIELDS = [
  'alert_id',
  'device_id',
  'rule_id',
  'state',
  'severity',
  'hostname',
  'sysName',
  'rule',
  'name',
  'title',
  'timestamp',
  'uid',
  'instance',
] as const

/**
 * The alert of a call of LibreNMS's API transport, by a template with `alert_id`, `device_id`, `rule_id`, `state`, and where it has them `severity`,
 * `hostname`, `name` (of the rule) and `timestamp`. An incident of LibreNMS is a device and a rule, so these are the labels.
 *
 * @param now ms since the epoch
 * @throws SHITOPS_E_ALERT_INPUT
 */
export function parseLibrenmsWebhook(text: string, now: number): Received {
  const fields = fieldsOf(text)
  const device = wordOf(fields.hostname) ?? wordOf(fields.sysName) ?? numberText(fields.device_id)
  const rule = numberText(fields.rule_id) ?? wordOf(fields.name) ?? wordOf(fields.rule)
  if (device === undefined || rule === undefined) throw refused('names no device and rule')
  const state = numberText(fields.state)
  if (state === undefined) throw refused('names no state')
  const instance = wordOf(fields.instance)
  const identity = { alertname: 'librenms', device, rule, ...(instance !== undefined && { librenms: instance }) }
  const over = Number(state) === RECOVERED
  const at = toEventTime(now)
  const title = wordOf(fields.title) ?? wordOf(fields.name) ?? `rule ${rule}`
  const alert: Alert = {
    event_time: at,
    fingerprint: fingerprint(identity),
    alert_name: 'librenms',
    status: over ? 'resolved' : 'firing',
    severity: severityOf(wordOf(fields.severity)),
    subject: `${device}/${wordOf(fields.name) ?? rule}`,
    labels: { ...identity, target: device, severity: severityOf(wordOf(fields.severity)) },
    active_at: at,
    fired_at: at,
    resolved_at: over ? at : null,
    annotations: { summary: `${device}: ${title}` },
    origin: 'librenms',
  }
  return { alerts: [alert], own: 0, problems: [] }
}

/**
 * A received alert, beside what was known of it: LibreNMS tells again what goes on (worse, better, acknowledged), which is the same incident.
 */
export function sameIncident(alert: Alert, known: Alert | undefined): Alert {
  if (known?.status !== 'firing') return alert
  return { ...alert, active_at: known.active_at, fired_at: known.fired_at ?? known.active_at }
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body)) return body
  } catch (error) {
    const found = Object.fromEntries(FIELDS.flatMap((name) => looked(text, name)))
    if (Object.keys(found).length > 0) return found
    throw refused(`is no JSON: ${messageOf(error)}`)
  }
  throw refused('is no object')
}

function looked(text: string, name: string): Array<[string, string]> {
  const match = new RegExp(`"${name}"\\s*:\\s*"?([\\w .:/-]{1,200})`).exec(text)
  return match?.[1] === undefined ? [] : [[name, match[1].trim()]]
}

function wordOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = clean(value, 200)
  return text === '' ? undefined : text
}

function numberText(value: unknown): string | undefined {
  const text = wordOf(value)
  return text !== undefined && /^\d{1,15}$/.test(text) ? text : undefined
}

const refused = (why: string) =>
  new ShitopsError('SHITOPS_E_ALERT_INPUT', `the body ${why}`, {
    suggestions: ['docs/alerts.md, "Alerts of others", has the template for LibreNMS'],
  })
