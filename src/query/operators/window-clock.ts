import { localToUtc, type TimeZone, timeZone, utcToLocal } from '../../base/time-zone.ts'

/**
 * The clock that windows are cut by. Row times without a time zone are their own clock; instants (TIMESTAMP_LTZ) are cut by the local clock of
 * the session: a day there may have 23 or 25 hours. Window borders are times of that clock, ms as if it were UTC.
 */
export interface WindowClock {
  /** A row time on the clock of the windows. */
  toClock(time: number): number
  /** The window time (its last moment) as a row time. */
  windowTime(end: number): number
  /** The watermark at which a window with this end is over. */
  due(end: number): number
}

const PLAIN: WindowClock = { toClock: (time) => time, windowTime: (end) => end - 1, due: (end) => end - 1 }

/** @param zone the session's time zone, absent for row times without one */
export function windowClock(zone?: string): WindowClock {
  const found = zone === undefined ? undefined : timeZone(zone)
  if (!found || found.name === 'UTC') return PLAIN
  return {
    toClock: (time) => utcToLocal(time, found),
    windowTime: (end) => localToUtc(end - 1, found),
    due: (end) => timerOf(end - 1, found),
  }
}

const DAY = 86_400_000
const QUARTER = 900_000

/** When the local clock has passed a time for good: of a doubled time the later instant; a skipped one is passed when the clock jumps. */
function timerOf(local: number, zone: TimeZone): number {
  const before = zone.offsetAt(local - DAY)
  const after = zone.offsetAt(local + DAY)
  if (before === after) return local - before
  const [early, late] = [local - before, local - after]
  const valid = [early, late].filter((instant) => utcToLocal(instant, zone) === local)
  if (valid.length > 0) return Math.max(...valid)
  for (let at = Math.floor(Math.min(early, late) / QUARTER) * QUARTER; ; at += QUARTER) if (zone.offsetAt(at) === after) return at
}
