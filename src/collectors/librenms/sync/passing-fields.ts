import type { RowTopic } from './row-topics.ts'

/** Members of a device's record that move with every poll and say nothing new: how long it is up, and when LibreNMS looked. */
const PASSING = /"(uptime_s|last_polled|last_ping|last_discovered)":(?!null)[^,}]*/g

/**
 * What of a row's JSON tells whether it is news. Of a device what moves by itself does not; that it has none, or has one at last, does. In
 * text a quote is escaped, so that a note cannot look like a member.
 */
export const lasting = (topic: RowTopic, json: string): string => (topic === 'librenms_devices' ? json.replace(PASSING, '"$1":0') : json)

/** Clocks of devices drift, and a poll takes its time: what LibreNMS shows of the same start differs by less, ms. */
const JITTER = 600_000

/** When a device was polled, ms, and how long it was up then, s. */
export interface Uptime {
  polled: number | undefined
  uptime: number | undefined
}

/** Whether a device started anew after `before`: it is up for less long than it was, or since a later time. */
export function hasRebooted(before: Uptime, after: Uptime): boolean {
  if (before.uptime === undefined || after.uptime === undefined) return false
  if (after.uptime < before.uptime) return true
  const [was, is] = [startOf(before), startOf(after)]
  return was !== undefined && is !== undefined && is - was > JITTER
}

const startOf = ({ polled, uptime }: Uptime): number | undefined =>
  polled === undefined || uptime === undefined ? undefined : polled - uptime * 1_000
