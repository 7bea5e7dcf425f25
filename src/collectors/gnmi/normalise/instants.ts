/**
 * ms since the epoch of an instant in s, ms, µs or ns, told apart by its size: up to the year 5138 in one unit is before 1974 in the next.
 * Devices do not agree on the unit of boot-time, whatever the model says.
 */
export function instantOfNumber(value: number): number {
  if (value < 1e11) return value * 1e3
  if (value < 1e14) return value
  if (value < 1e17) return value / 1e3
  return value / 1e6
}

/** YANG's date-and-time (RFC 6991), and with a space instead of the T. */
const DATE_AND_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** ms since the epoch of a date-and-time, or NaN. */
export function instantOfText(text: string): number {
  const trimmed = text.trim()
  if (!DATE_AND_TIME.test(trimmed)) return Number.NaN
  // "-00:00" is YANG's "time zone not known", which means UTC.
  return Date.parse(trimmed.replace(' ', 'T').replace('-00:00', 'Z').toUpperCase())
}

const SECONDS: Readonly<Record<string, number>> = { y: 31_536_000, w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 }
const UNITS =
  /^(\d+)\s*(y(?:ears?)?|w(?:eeks?)?|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?:\(s\))?(?![a-z])[\s,]*/i
const CLOCK = /^(?:(\d+):)?(\d{1,3}):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/

/**
 * Seconds of a duration as devices write it, or NaN: `1y2w3d4h5m6s`, `12 day(s), 3 hour(s), 4 minute(s), 5 second(s)`,
 * `3 days, 04:05:06`, `04:05:06`, days before it as `03:04:05:06.789`.
 */
export function durationOfText(text: string): number {
  let rest = text.trim()
  let seconds = 0
  let any = false
  for (let match = UNITS.exec(rest); match; match = UNITS.exec(rest)) {
    seconds += Number(match[1]) * (SECONDS[(match[2] as string).charAt(0).toLowerCase()] as number)
    rest = rest.slice(match[0].length)
    any = true
  }
  if (rest === '') return any ? seconds : Number.NaN
  const clock = CLOCK.exec(rest)
  if (!clock) return Number.NaN
  const [, first, second, third, fourth] = clock
  // Of two numbers uptime(1) means hours and minutes; of four the first is days.
  const [days, hours, minutes, last] =
    fourth !== undefined ? [first, second, third, fourth] : first !== undefined ? [0, first, second, third] : [0, second, third, 0]
  return seconds + Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(last)
}
