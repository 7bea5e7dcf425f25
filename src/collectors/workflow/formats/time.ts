import { localToUtc, type TimeZone } from '../../../base/time-zone.ts'

/** ISO 8601 as logs have it: `T` or a space, seconds and fraction optional, offset with or without a colon or absent; or a date alone. */
const ISO = /^\s*(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?)?\s*$/

/** The year 0 to 9999: what `event_time` can hold. */
const FIRST = Date.UTC(2000, 0, 1) - 2000 * 365.2425 * 86_400_000
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** A wall time, as if it were UTC, or undefined when there is no such day or hour. Fractions below the millisecond are cut off. */
export function wallTime(y: number, mo: number, d: number, h = 0, mi = 0, s = 0, fraction = ''): number | undefined {
  if (mo < 1 || mo > 12 || d < 1 || h > 24 || mi > 59 || s > 60) return undefined
  if (h === 24 && (mi > 0 || s > 0)) return undefined
  if (d > 28 && d > new Date(Date.UTC(2000 + (y % 400), mo, 0)).getUTCDate()) return undefined
  const ms = fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
  const time =
    y >= 100 ? Date.UTC(y, mo - 1, d, h, mi, s, ms) : new Date(0).setUTCFullYear(y, mo - 1, d) + ((h * 60 + mi) * 60 + s) * 1_000 + ms
  return time < FIRST || time > LAST ? undefined : time
}

/** Reads times to instants; remembers whether any had no zone. */
export class TimeReader {
  /** Times that were read by the zone given, because they had none. */
  unzoned = 0
  readonly #zone: TimeZone

  constructor(zone: TimeZone) {
    this.#zone = zone
  }

  /** An ISO 8601 time in ms since the epoch, or undefined. */
  iso(text: string): number | undefined {
    const match = ISO.exec(text)
    if (!match) return undefined
    const [, y, mo, d, h, mi, s, fraction, zone] = match
    const wall = wallTime(Number(y), Number(mo), Number(d), Number(h ?? 0), Number(mi ?? 0), Number(s ?? 0), fraction)
    return wall === undefined ? undefined : this.at(wall, zone)
  }

  /** @param wall a wall time as if it were UTC @param zone `Z`, `+01:00`, `+0100`, `+01`, or absent */
  at(wall: number, zone: string | undefined): number {
    if (zone === undefined) {
      this.unzoned++
      return localToUtc(wall, this.#zone)
    }
    if (zone.length === 1 || zone === 'UTC') return wall
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.length > 3 ? zone.slice(-2) : 0)
    return wall - (zone[0] === '-' ? -minutes : minutes) * 60_000
  }
}
