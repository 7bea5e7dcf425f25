import { formatDuration } from '../../base/duration.ts'
import type { AudioMetrics, DevicePresence } from '../../events/event-types.ts'
import { timeOfDay } from '../demo/view.ts'

/** What is shown of one headset. */
export interface HeadsetRow {
  who: string
  where: string
  state: string
  battery: string
  /** ms since the epoch */
  seen: number
  gone: boolean
}

const UNSEEN: HeadsetRow = { who: '', where: '-', state: '-', battery: '-', seen: 0, gone: false }

/** The row after a presence record. */
export function withPresence(row: HeadsetRow = UNSEEN, event: DevicePresence): HeadsetRow {
  const seen = Date.parse(event.last_seen ?? event.event_time)
  return { ...row, who: event.person ?? event.device, where: whereOf(event), battery: batteryOf(event), seen, gone: event.kind === 'left' }
}

/** The row after an audio record. */
export function withAudio(row: HeadsetRow = UNSEEN, event: AudioMetrics): HeadsetRow {
  const state = event.audio_state.replace('_', ' ')
  const seconds = Math.round(event.call_elapsed_s ?? 0)
  const elapsed = seconds === 0 ? '' : ` ${formatDuration(seconds * 1000)}`
  return { ...row, who: event.person ?? event.device, state: `${state}${elapsed}`, seen: Math.max(row.seen, Date.parse(event.event_time)) }
}

/** Cells in the order of {@link HEADINGS}. */
export function cells({ who, where, state, battery, seen, gone }: HeadsetRow, utc: boolean): string[] {
  return [who, gone ? `left ${where}` : where, gone ? '-' : state, battery, timeOfDay(seen, utc)]
}

export const HEADINGS = ['WHO', 'WHERE', 'STATE', 'BATTERY', 'SEEN']

/** Control characters of C0 and C1: names of receivers come from outside, and a terminal must not obey what it shows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g

export const plain = (text: string) => text.replace(CONTROL, ' ')

function whereOf({ zone, proximity, distance_m }: DevicePresence): string {
  const metres =
    distance_m === null || distance_m === undefined ? '' : `, ~${distance_m < 10 ? distance_m.toFixed(1) : distance_m.toFixed(0)} m`
  return `${zone ?? '-'}${proximity && proximity !== 'unknown' ? ` (${proximity}${metres})` : ''}`
}

function batteryOf(event: DevicePresence): string {
  const { battery_pct, left_battery_pct, right_battery_pct, case_battery_pct, battery_left_s } = event
  const pods = left_battery_pct === undefined ? [] : [`L ${percent(left_battery_pct)}`, `R ${percent(right_battery_pct)}`]
  const parts = pods.length > 0 ? pods : [percent(battery_pct)]
  if (case_battery_pct !== undefined && case_battery_pct !== null) parts.push(`case ${percent(case_battery_pct)}`)
  if (battery_left_s !== undefined && battery_left_s !== null) parts.push(`~${formatDuration(battery_left_s * 1000)} left`)
  const charging = event.charging || event.left_charging || event.right_charging
  return `${parts.join(' ')}${charging ? ' charging' : ''}`
}

const percent = (value: number | null | undefined) => (value === null || value === undefined ? '-' : `${value}%`)
