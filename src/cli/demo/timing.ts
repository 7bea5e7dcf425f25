import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'

/** Office time per time on the wall: as lines an hour goes by in a minute; on a dashboard there must be time to read. */
const SPEED = { lines: 60, dashboard: 20 }
const DURATION = 60_000
/** Office time that shows every kind of incident, one after the other or overlapping, with its end. */
const ENOUGH_OFFICE_TIME = 30 * 60_000
/** The office opens on a whole step, so that audio intervals end with it. */
const GRID = 10_000
/** Somebody who looks until they have seen enough: the day is longer than they will, and begins so long ago that it takes more than an hour to catch up. */
const ENDLESS = { day: 7 * 86_400_000, ago: 86_400_000 }

export interface Timing {
  /** Office time per wall time; Infinity: as fast as the machine can. */
  speed: number
  /** Length of the office day, ms. */
  day: number
  /** When the office opens, ms since the epoch. */
  openedAt: number
  /** ms on the wall; absent: until somebody quits. */
  duration?: number
}

/**
 * When the office opens, how long its day is, and how fast it goes by. The day ends when the demo does, or later where somebody looks on: its events
 * are of the recent past, and never of the future.
 * @param now ms since the epoch
 * @throws SHITOPS_E_USAGE
 */
export function timingOf(
  flags: { duration?: string | undefined; speed?: string | number | undefined },
  dashboard: boolean,
  now: number,
): Timing {
  const usual = dashboard ? SPEED.dashboard : SPEED.lines
  const openedAt = (ms: number) => Math.floor(ms / GRID) * GRID
  if (dashboard && flags.duration === undefined) {
    const speed = flags.speed === undefined ? usual : speedOf(flags.speed)
    return { speed, day: ENDLESS.day, openedAt: openedAt(now - ENDLESS.ago) }
  }
  const duration = flags.duration === undefined ? DURATION : durationOf(flags.duration)
  const speed = flags.speed === undefined ? Math.max(usual, Math.ceil(ENOUGH_OFFICE_TIME / duration)) : speedOf(flags.speed)
  const day = duration * (Number.isFinite(speed) ? speed : SPEED.lines)
  const ends = now + (Number.isFinite(speed) ? duration : 0)
  return { speed, day, duration, openedAt: openedAt(Math.min(now, ends - day)) }
}

function durationOf(text: string): number {
  const duration = parseDuration(text)
  if (duration !== undefined && duration > 0) return duration
  throw new ShitopsError('SHITOPS_E_USAGE', `--duration "${text}" is no duration: ${DURATION_FORMS}`, { suggestions: ['--duration 60s'] })
}

/** @param given as typed, or a number of the configuration */
function speedOf(given: string | number): number {
  const text = String(given)
  if (text === 'max') return Number.POSITIVE_INFINITY
  const speed = Number(text.replace(/x$/i, ''))
  if (text.trim() !== '' && Number.isFinite(speed) && speed > 0) return speed
  throw new ShitopsError('SHITOPS_E_USAGE', `--speed "${text}" is neither a number above 0 nor max`, {
    suggestions: ['--speed 60', '--speed max'],
  })
}
