import { encode, type Row } from './json.ts'
import { ALERT, type AlertLogged } from './world/alert-book.ts'
import type { World } from './world/world.ts'

/** LibreNMS's alert transport "API", as an administrator sets it up. */
export interface Transport {
  method: 'GET' | 'POST' | 'PUT'
  url: string
  /** Lines `k=v`. Without a Content-Type the body is text/plain. */
  headers?: string
  /** Lines `k=v` for the address's query. */
  options?: string
  /** With `{{ $name }}`, which becomes the value as it is: a quote or a new line in it breaks JSON. */
  body: string
}

export type Variables = Record<string, string>

/** A body of ids and numbers only: nothing in it can break. */
export const SAFE_BODY =
  '{"uid":"{{ $uid }}","alert_id":"{{ $alert_id }}","device_id":"{{ $device_id }}","rule_id":"{{ $rule_id }}","state":"{{ $state }}"}'
/** A body as found in the wild: `msg` has lines, `title` and `faults` quotes, and `faults` credentials. */
export const UNSAFE_BODY = '{"uid":"{{ $uid }}","title":"{{ $title }}","msg":"{{ $msg }}","faults":"{{ $faults }}"}'

export function substitute(template: string, variables: Variables): string {
  return template.replace(/\{\{\s*\$(\w+)\s*\}\}/g, (_, name: string) => variables[name] ?? '')
}

/** The variables of a row of the alert log. Of a recovery `id` is the row of the problem, `uid` its own. */
export function alertVariables(world: World, logged: AlertLogged): Variables {
  const device = world.device(logged.device)
  const rule = world.alerts.rules.get(logged.rule)
  const alert = world.alerts.of(logged.device, logged.rule)
  const { row } = device
  const column = (name: string) => String(row[name] ?? '')
  const opened = problemOf(world, logged)
  const recovered = logged.state === ALERT.clear
  const faults = ((recovered ? opened : logged).details?.rule ?? []) as unknown as Row[]
  const name = rule?.name ?? ''
  const title = `${recovered ? 'Device recovered from' : 'Alert for device'} ${column('display')} - "${name}"`
  const named = 'hostname display sysName os type ip hardware version serial uptime status status_reason notes'.split(' ')
  return {
    ...Object.fromEntries(named.map((one) => [one, column(one)])),
    device_id: String(device.id),
    device_groups: [...world.groups.values()]
      .filter(({ devices }) => devices.includes(device.id))
      .map((group) => group.name)
      .join(', '),
    location: world.inventory.locations.get(Number(row.location_id))?.location ?? '',
    alert_id: String(alert?.id ?? ''),
    uid: String(logged.id),
    id: String(opened.id),
    rule_id: String(logged.rule),
    name,
    severity: rule?.severity ?? '',
    state: String(logged.state),
    timestamp: world.time.local(logged.at),
    title,
    msg: `${title}\nSeverity: ${rule?.severity}\nTimestamp: ${world.time.local(logged.at)}\nFaults: ${faults.length}`,
    faults: encode(faults),
    contacts: '',
    proc: rule?.proc ?? '',
    alert_notes: alert?.note ?? '',
    elapsed: `${Math.max(0, Math.floor((logged.at - opened.at) / 1000))}s`,
    alerted: String(alert?.alerted ?? 0),
    escalation_step: '1',
  }
}

/** What the button "Test transport" sends. */
export const TEST_VARIABLES: Variables = {
  uid: '000',
  alert_id: '000',
  rule_id: '000',
  device_id: '1',
  id: '000',
  state: '1',
  title: 'Testing transport',
}

/** Sends what the alert log has that is new: what alerts.php does once a minute. Delivered once or not at all. */
export class WebhookSender {
  readonly #world: World
  readonly #transport: Transport
  #sent = 0

  constructor(world: World, transport: Transport) {
    this.#world = world
    this.#transport = transport
  }

  /** Rules without an operation tell nobody. Returns the status of each delivery, 0 where there was no answer. */
  async run(): Promise<number[]> {
    const { log, rules } = this.#world.alerts
    const fresh = log.rows.slice(log.firstFrom(this.#sent + 1))
    const statuses: number[] = []
    for (const logged of fresh) {
      this.#sent = logged.id
      if ((rules.get(logged.rule)?.alert_operation_id ?? null) === null) continue
      statuses.push(await this.send(alertVariables(this.#world, logged), logged))
    }
    return statuses
  }

  test(): Promise<number> {
    return this.send(TEST_VARIABLES)
  }

  /** A failure becomes an event, and is not tried again. */
  async send(variables: Variables, logged?: AlertLogged): Promise<number> {
    const { method, url, headers = '', options = '', body } = this.#transport
    const target = new URL(url)
    for (const [name, value] of lines(substitute(options, variables))) target.searchParams.set(name, value)
    let status = 0
    try {
      const response = await fetch(target, {
        method,
        headers: { 'Content-Type': 'text/plain', ...Object.fromEntries(lines(substitute(headers, variables))) },
        ...(method !== 'GET' && { body: substitute(body, variables) }),
      })
      status = response.status
      await response.arrayBuffer()
    } catch {
      // No answer: status 0.
    }
    const delivered = status >= 200 && status < 300
    if (logged && delivered) {
      const alert = this.#world.alerts.of(logged.device, logged.rule)
      if (alert) Object.assign(alert, { alerted: logged.state, open: 0 })
    }
    if (!delivered && logged) {
      const message = `Could not issue alert for rule '${variables.name}' to transport 'api' Error: ${status || 'no answer'}`
      this.#world.event(logged.device, { message, type: 'alert', severity: 5 })
    }
    return status
  }
}

/** The row that opened the incident: itself, or the last "active" before it. */
function problemOf(world: World, logged: AlertLogged): AlertLogged {
  const before = world.alerts.log.rows.filter(({ id, device, rule }) => id <= logged.id && device === logged.device && rule === logged.rule)
  return before.findLast(({ state }) => state === ALERT.active) ?? logged
}

/** `k=v` a line; names of headers in lower case win over ours. */
function lines(text: string): [string, string][] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf('=')
    if (at < 1) return []
    const name = line.slice(0, at).trim()
    return [[name.toLowerCase() === 'content-type' ? 'Content-Type' : name, line.slice(at + 1).trim()]]
  })
}
