import type { Alert, LibrenmsCommand } from '../../../events/index.ts'

/** What our alerts do in LibreNMS, where somebody wants that. */
export const ALERT_ACTIONS = ['annotate', 'status'] as const
export type AlertAction = (typeof ALERT_ACTIONS)[number]

/** Labels that say which device an alert is about: its id in LibreNMS, or its host name there. */
const ID_LABELS = ['librenms_device_id', 'device_id'] as const
const NAME_LABELS = ['hostname', 'device', 'target'] as const

/** Longest that an alert's command waits for LibreNMS, ms. */
const LIFETIME = 15 * 60_000

/** The device of an alert as its labels name it; the subject where they do not. */
export function deviceNamedBy({ labels, subject }: Alert): { id: number } | { name: string } | undefined {
  for (const label of ID_LABELS) {
    const id = Number(labels[label])
    if (Number.isSafeInteger(id) && id > 0) return { id }
  }
  const name = NAME_LABELS.map((label) => labels[label]).find((value) => value) ?? subject
  // An address with its port, as gNMI targets have it.
  const host = name.replace(/:\d{1,5}$/, '')
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(host) && !/^\d+$/.test(host) ? { name: host } : undefined
}

export interface CommandContext {
  device: number
  instance?: string | undefined
  actions: ReadonlySet<AlertAction>
  /** Ask only what would be done. */
  dryRun: boolean
  now: number
}

/**
 * The commands of an alert. Their ids follow from the alert: the same state of the same incident gives the same commands, which are done once,
 * however often the state is confirmed. Pending alerts say nothing.
 */
export function commandsOf(alert: Alert, { device, instance, actions, dryRun, now }: CommandContext): LibrenmsCommand[] {
  const { fingerprint, status, severity, alert_name: name, incident = 0 } = alert
  if (status === 'pending') return []
  const firing = status === 'firing'
  const text = `${name} ${status}: ${alert.annotations?.summary ?? alert.subject}`
  const common = {
    event_time: new Date(now).toISOString(),
    device_id: device,
    ...(instance !== undefined && { instance }),
    expires_at: new Date(now + LIFETIME).toISOString(),
    ...(dryRun && { dry_run: true }),
    requested_by: 'shitops-alerts',
    reason: text,
    fingerprint,
  }
  const id = (what: string) => `alert-${fingerprint}-${incident}-${status}-${severity}-${what}`
  const commands: LibrenmsCommand[] = []
  if (actions.has('annotate')) {
    const eventSeverity = firing ? { info: 2, warning: 4, critical: 5 }[severity] : 1
    commands.push({ ...common, command_id: id('annotate'), action: 'annotate', arguments: { text, severity: eventSeverity } })
  }
  if (actions.has('status')) {
    const level = firing ? { info: 0, warning: 1, critical: 2 }[severity] : 0
    const componentText = firing ? text : ''
    commands.push({
      ...common,
      command_id: id('status'),
      action: 'set_status',
      arguments: { label: name, status: level, message: componentText },
    })
  }
  return commands
}
