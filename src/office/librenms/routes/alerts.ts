import type { Row } from '../json.ts'
import type { Alert, Rule } from '../world/alert-book.ts'
import { list } from './answers.ts'
import type { Answer, Call, Route } from './call.ts'
import { columnsAsked, isAnswer } from './columns.ts'

export const ALERT_ROUTES: readonly Route[] = [
  { name: 'get_alert', method: 'GET', path: 'alerts/{id}', rights: 'read', handle: listAlerts },
  { name: 'list_alerts', method: 'GET', path: 'alerts', rights: 'read', handle: listAlerts },
  { name: 'get_alert_rule', method: 'GET', path: 'rules/{id}', rights: 'read', handle: listRules },
  { name: 'list_alert_rules', method: 'GET', path: 'rules', rights: 'read', handle: listRules },
]

const COLUMNS = ['id', 'device_id', 'rule_id', 'state', 'alerted', 'open', 'note', 'timestamp', 'info'] as const

/** State 1 only, unless the states are named: with an id too. Not filtered by what the user may see. */
function listAlerts(call: Call): Answer {
  const { world, query, params } = call
  const states = (query.get('state') ?? '1').split(',').map(Number)
  const id = Number(params.id ?? 0)
  const severity = query.get('severity')
  const rule = query.get('alert_rule')
  const [column = 'timestamp', direction = 'desc'] = (query.get('order') ?? 'timestamp desc').split(' ')
  const known = columnsAsked(column, COLUMNS)
  if (isAnswer(known)) return known
  const alerts = [...world.alerts.alerts.values()].filter((alert) => {
    const of = world.alerts.rules.get(alert.rule_id)
    if (!of || !world.inventory.devices.has(alert.device_id) || !states.includes(alert.state)) return false
    if (id > 0 && alert.id !== id) return false
    if (severity !== null && ['ok', 'warning', 'critical'].includes(severity) && of.severity !== severity) return false
    return rule === null || !/^\d+$/.test(rule) || of.id === Number(rule)
  })
  const key = column as keyof Alert
  const sign = direction === 'asc' ? 1 : -1
  alerts.sort((a, b) => sign * ((a[key] ?? '') < (b[key] ?? '') ? -1 : (a[key] ?? '') > (b[key] ?? '') ? 1 : 0))
  return list(call, 'alerts', alerts, (alert) => alertRow(call, alert))
}

function alertRow({ world }: Call, alert: Alert): Row {
  const rule = world.alerts.rules.get(alert.rule_id)
  return {
    hostname: world.inventory.devices.get(alert.device_id)?.row.hostname ?? null,
    ...alert,
    timestamp: world.time.local(alert.timestamp),
    severity: rule?.severity ?? null,
    name: rule?.name ?? null,
    proc: rule?.proc ?? null,
    notes: rule?.notes ?? null,
  }
}

function listRules(call: Call): Answer {
  const id = Number(call.params.id ?? 0)
  const rules = [...call.world.alerts.rules.values()].filter((rule) => !(id > 0) || rule.id === id)
  return list(call, 'rules', rules, ruleRow)
}

function ruleRow({ devices, groups, locations, ...columns }: Rule): Row {
  const { id, severity, extra, disabled, name, query, builder, proc, invert_map, notes, alert_operation_id } = columns
  return {
    ...{ id, severity, extra, disabled, name, query, builder, proc, invert_map, notes, alert_operation_id },
    devices,
    groups,
    locations,
    operations: [],
  }
}
