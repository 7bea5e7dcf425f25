/** Offsets of time zones by the tz database of Intl. Every transition lies on a quarter of an hour. */

const DAY = 86_400_000
const QUARTER = 900_000
const CACHE_LIMIT = 20_000
const FIXED = /^(?:GMT|UTC|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/

export interface TimeZone {
  readonly name: string
  /** Local time minus UTC at that instant, ms. */
  offsetAt(utcMs: number): number
}

const zones = new Map<string, TimeZone>()

/** The zone of that name (`Europe/Berlin`, `UTC`, `GMT+02:00`), undefined when there is none. */
export function timeZone(name: string): TimeZone | undefined {
  let zone = zones.get(name)
  if (!zone) {
    zone = create(name)
    if (zone) zones.set(name, zone)
  }
  return zone
}

function create(name: string): TimeZone | undefined {
  if (name === 'UTC' || name === 'Z' || name === 'GMT') return { name, offsetAt: () => 0 }
  const fixed = FIXED.exec(name)
  if (fixed) {
    const offset = (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)) * 60_000 * (fixed[1] === '-' ? -1 : 1)
    return { name, offsetAt: () => offset }
  }
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  const cache = new Map<number, number>()
  return {
    name,
    offsetAt(utcMs) {
      const quarter = Math.floor(utcMs / QUARTER)
      let offset = cache.get(quarter)
      if (offset === undefined) {
        if (cache.size >= CACHE_LIMIT) cache.clear()
        offset = read(format, quarter * QUARTER)
        cache.set(quarter, offset)
      }
      return offset
    },
  }
}

function read(format: Intl.DateTimeFormat, utcMs: number): number {
  const parts: Record<string, number> = {}
  let beforeChrist = false
  for (const { type, value } of format.formatToParts(utcMs)) {
    if (type === 'era') beforeChrist = value.startsWith('B')
    else parts[type] = Number(value)
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  const local = new Date(0)
  // Date.UTC takes the years 0 to 99 for those of the last century.
  local.setUTCFullYear(beforeChrist ? 1 - year : year, month - 1, day)
  local.setUTCHours(hour, minute, second)
  return local.getTime() - utcMs
}

export function utcToLocal(utcMs: number, zone: TimeZone): number {
  return utcMs + zone.offsetAt(utcMs)
}

/** As java.time: a time in a gap is moved ahead by the gap's length, of a doubled time the earlier instant is meant. */
export function localToUtc(localMs: number, zone: TimeZone): number {
  const before = zone.offsetAt(localMs - DAY)
  const after = zone.offsetAt(localMs + DAY)
  if (before === after) return localMs - before
  const early = localMs - before
  if (zone.offsetAt(early) === before) return early
  const late = localMs - after
  return zone.offsetAt(late) === after ? late : early
}
