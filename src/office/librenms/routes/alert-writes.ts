import type { Row, Value } from '../json.ts'
import { ALERT, type Alert, type Rule } from '../world/alert-book.ts'
import { done, error } from './answers.ts'
import { type Answer, bodyOf, type Call, deviceOf, type Route } from './call.ts'

export const ALERT_WRITE_ROUTES: readonly Route[] = [
  { name: 'unmute_alert', method: 'PUT', path: 'alerts/unmute/{id}', rights: 'write', handle: unmute },
  { name: 'ack_alert', method: 'PUT', path: 'alerts/{id}', rights: 'write', handle: ack },
  { name: 'add_rule', method: 'POST', path: 'rules', rights: 'write', handle: saveRule },
  { name: 'edit_rule', method: 'PUT', path: 'rules', rights: 'write', handle: saveRule },
  { name: 'delete_rule', method: 'DELETE', path: 'rules/{id}', rights: 'write', handle: deleteRule },
  { name: 'device_under_maintenance', method: 'GET', path: 'devices/{hostname}/maintenance', rights: 'view', handle: isMaintained },
  { name: 'maintenance_device', method: 'POST', path: 'devices/{hostname}/maintenance', rights: 'write', handle: maintain },
]

/** Whatever the alert's state is, it becomes 2: a cleared one too. */
function ack(call: Call): Answer {
  const { note, until_clear } = bodyOf(call)
  return byHand(call, 'Alert has been acknowledged', 'No Alert by that ID', (alert) => {
    const info = { ...(JSON.parse(alert.info) as Row), until_clear: until_clear ?? null }
    call.world.alerts.setByHand(alert, ALERT.acked, noteOf(call, note), info)
  })
}

function unmute(call: Call): Answer {
  const { note } = bodyOf(call)
  return byHand(call, 'Alert has been unmuted', 'No alert by that ID', (alert) => {
    call.world.alerts.setByHand(alert, ALERT.active, noteOf(call, note))
  })
}

function byHand(call: Call, success: string, unknown: string, act: (alert: Alert) => void): Answer {
  const id = call.params.id ?? ''
  if (!/^\d+$/.test(id)) return error(400, 'Invalid alert has been provided')
  const alert = call.world.alerts.alerts.get(Number(id))
  if (!alert) return call.quirks.ackUnknownIsOk ? done(call, unknown) : error(404, unknown)
  if (!call.quirks.ackIgnored) act(alert)
  return done(call, success)
}

function noteOf({ world, user }: Call, note: Value | undefined): string {
  return `${world.time.local(world.clock.now())} - Ack (${user.username}) ${note ?? ''}`
}

function saveRule(call: Call): Answer {
  const { rules } = call.world.alerts
  const body = bodyOf(call)
  if (call.body === undefined) return error(500, "We couldn't parse the provided json")
  const id = body.rule_id === undefined ? undefined : Number(body.rule_id)
  const ids = (value: Value | undefined) => (Array.isArray(value) ? value : []).map(Number).filter((one) => one > 0)
  if (id === undefined && !Array.isArray(body.devices)) return error(400, 'Missing the devices or global device (-1)')
  if (!body.builder && !body.rule) return error(400, 'Missing the alert builder rule')
  if (!body.name) return error(400, 'Missing the alert rule name')
  const severity = String(body.severity) as Rule['severity']
  if (!['ok', 'warning', 'critical'].includes(severity)) return error(400, 'Missing the severity')
  const name = String(body.name)
  const taken = [...rules.values()].some((rule) => rule.name === name && rule.id !== id)
  if (taken) return error(500, id === undefined ? 'Addition failed : Name has already been used' : 'Update failed : Invalid rule id')
  const builder = typeof body.builder === 'string' ? body.builder : JSON.stringify(body.builder ?? body.rule)
  const saved = { name, severity, builder, devices: ids(body.devices), groups: ids(body.groups), locations: ids(body.locations) }
  const old = id === undefined ? undefined : rules.get(id)
  if (old) Object.assign(old, saved)
  else if (id === undefined) call.world.alerts.addRule(saved)
  return done(call)
}

function deleteRule(call: Call): Answer {
  const id = call.params.id ?? ''
  if (!/^\d+$/.test(id)) return error(400, 'Invalid rule id has been provided')
  return done(call, call.world.alerts.rules.delete(Number(id)) ? 'Alert rule has been removed' : 'No alert rule by that ID')
}

function isMaintained(call: Call): Answer {
  const device = deviceOf(call)
  if (!device) return error(404, `Device ${call.params.hostname} not found`)
  const { world } = call
  return { ...done(call), body: [`{\n    "status": "ok",\n    "is_under_maintenance": ${world.underMaintenance(device)}\n}`] }
}

/** There is no list of windows and no way to end one. Without a colon in its duration a window ended in 1970. */
function maintain(call: Call): Answer {
  const { world, quirks } = call
  const device = deviceOf(call)
  const body = bodyOf(call)
  if (call.body === undefined) return error(400, 'No information has been provided to set this device into maintenance')
  if (!device) return error(404, `Device ${call.params.hostname} not found`)
  if (!body.duration) return error(400, 'Duration not provided')
  const duration = String(body.duration)
  const given = typeof body.start === 'string' ? body.start : undefined
  const start = given === undefined ? Math.floor(world.clock.now() / 60_000) * 60_000 : world.time.instant(given)
  const [hours = '0', minutes = '0'] = duration.split(':')
  const works = duration.includes(':') || !quirks.maintenanceNeedsColon
  const end = works ? start + (Number(hours) * 60 + Number(minutes)) * 60_000 : 86_401_000
  world.maintenance.push({
    device: device.id,
    start,
    end,
    title: String(body.title ?? device.row.hostname),
    notes: String(body.notes ?? ''),
    behavior: Number(body.behavior ?? 1),
  })
  const named = `Device ${device.row.hostname} (${device.id})`
  const how = given === undefined ? 'moved into maintenance mode' : `will begin maintenance mode at ${given}`
  return done(call, `${named} ${how} for ${duration}h`, 201)
}
