import type { Alert } from '../../../src/events/alerts.ts'
import { examplesOf } from '../../../src/events/index.ts'
import type { ChannelName, ServerFrame, WireChange } from '../../../src/live/protocol.ts'
import { World } from '../../../src/tui/world.ts'

/** Tuesday of the quarter's end, five past two. */
export const NOON = Date.UTC(2026, 2, 31, 14, 5)
const at = (ms: number) => new Date(NOON + ms).toISOString()

let offset = 0
export const change = (topic: string, key: string, value: object | null, ms = 0, made = false): WireChange => ({
  ...{ topic, partition: 0, offset: made ? -1 : offset++, key, time: at(ms) },
  value: value as WireChange['value'],
})

export const frame = (type: ServerFrame['type'], channel: ChannelName, changes: WireChange[], more: object = {}): ServerFrame =>
  ({ type, id: '', ts: '', data: { channel, changes, ...more } }) as unknown as ServerFrame

export const snapshot = (channel: ChannelName, ...changes: WireChange[]) => frame('snapshot', channel, changes, { first: true, last: true })
export const delta = (channel: ChannelName, ...changes: WireChange[]) => frame('delta', channel, changes)

/** An alert like the example's, of now, with other fields. */
export async function alertOf(fingerprint: string, fields: Partial<Alert> = {}): Promise<Alert> {
  const { full } = await examplesOf('alerts')
  return { ...full, fingerprint, event_time: at(-60_000), active_at: at(-120_000), fired_at: at(-60_000), ...fields } as Alert
}

/** An afternoon with a bit of everything: what the views are shown with. */
export async function sampleWorld(): Promise<World> {
  offset = 100
  const world = new World()
  const { full: device } = await examplesOf('librenms_devices')
  const { full: sample } = await examplesOf('device_metrics')
  const { full: entry } = await examplesOf('alert_log')
  const alerts = [
    await alertOf('4d2f9c07a1b3e586', { labels: { alertname: 'call_quality_at_risk', target: 'access-1', team: 'payables' } }),
    await alertOf('aa00bb11cc22dd33', {
      ...{ alert_name: 'link_down', severity: 'critical', subject: 'core-1', active_at: at(-1_800_000), unit: 'ratio', observed: 1 },
      annotations: { summary: 'core-1 lost its uplink to the exchange' },
      labels: { alertname: 'link_down', target: 'core-1' },
    }),
    await alertOf('0123456789abcdef', { status: 'resolved', severity: 'info', subject: 'laptop-3', resolved_at: at(-30_000) }),
  ]
  const metric = (target: string, metric: string, unit: string, value: number, ms: number) =>
    change('device_metrics', target, { ...sample, target, metric, unit, value, instance: '' }, ms)
  const wave = (i: number) => 0.5 + 0.4 * Math.sin(i / 4)
  const operations = [
    ...alerts.map((alert) => change('alerts', alert.fingerprint, alert, -60_000)),
    change('alert_log', '4d2f9c07a1b3e586', { ...entry, event_time: at(-60_000) }, -60_000),
    change('librenms_devices', '17', { ...device, display: 'access-1' }, -5_000),
    change('librenms_devices', '3', { ...device, device_id: 3, display: 'core-1', up: false, hardware: 'C9500', uptime_s: null }, -5_000),
    ...Array.from({ length: 40 }, (_, i) => metric('access-1', 'cpu_load', 'ratio', wave(i), (i - 40) * 10_000)),
    ...Array.from({ length: 40 }, (_, i) => metric('access-1', 'packet_loss', 'ratio', i < 30 ? 0 : 0.034, (i - 40) * 10_000)),
    metric('laptop-3', 'cpu_load', 'ratio', 0.21, -10_000),
    ...Array.from({ length: 30 }, (_, i) => metric('edge-2', 'if_in_bps', 'bit/s', 4e8 + 3e8 * wave(i * 2), (i - 30) * 12_000)),
    metric('edge-2', 'if_out_bps', 'bit/s', 92e6, -12_000),
    change(
      'topics',
      'alerts',
      { topic: 'alerts', partitions: 3, records: 42, written: 80, per_second: 0.4, newest_event_time: at(-60_000), unreadable: 0 },
      0,
      true,
    ),
    change(
      'topics',
      'device_metrics',
      {
        topic: 'device_metrics',
        partitions: 3,
        records: 120_000,
        written: 9e6,
        per_second: 812.5,
        newest_event_time: at(0),
        unreadable: 2,
      },
      0,
      true,
    ),
    change('groups', 'analyze', { group: 'analyze', state: 'Stable', members: 1, topics: ['device_metrics'], lag: 12 }, 0, true),
    change('groups', 'notifier', { group: 'notifier', state: 'Empty', members: 0, topics: ['alerts'], lag: null }, 0, true),
  ]
  const step = (case_id: string, activity: string, lifecycle: string, ms: number, more: object = {}) =>
    change('workflow_events', case_id, { event_time: at(ms), case_id, activity, lifecycle, ...more }, ms)
  const team = (name: string, numbers: object) => change('teams', name, { team: name, min_count: 5, ...numbers }, 0, true)
  const finance = [
    ...Array.from({ length: 12 }, (_, i) => step(`invoice-${i}`, 'register invoice', 'completed', (i - 14) * 60_000 + (i % 3) * 20_000)),
    step('invoice-20', 'approve invoice', 'started', -600_000, { case_due_at: at(-60_000), amount: 21_587, currency: 'EUR' }),
    step('invoice-21', 'approve invoice', 'assigned', -300_000, { case_due_at: at(5_400_000) }),
    step('close-1', 'reconcile ledger', 'started', -45_000),
    team('payables', { enrolled: 9, present: 7, in_call: 3, call_s_last_hour: 5_400, calls_begun_last_hour: 11, battery_low: 2 }),
    team('accounts-receivable', {
      enrolled: 12,
      present: 5,
      in_call: 5,
      call_s_last_hour: 9_000,
      calls_begun_last_hour: 4,
      battery_low: 0,
    }),
    team('treasury', { enrolled: null, present: null, in_call: null }),
  ]
  world.link('finance', { state: 'live', why: 'level with the server' })
  world.link('operations', { state: 'live', why: 'level with the server' })
  world.take('finance', snapshot('finance', ...finance), NOON)
  world.take('operations', snapshot('operations', ...operations), NOON)
  return world
}
