import { timeZone } from '../../../base/time-zone.ts'

/** Minutes that a zone is ahead of UTC at an instant (ms). */
export type OffsetAt = (utc: number) => number

const MINUTE = 60_000

/** A zone of the IANA data base, `Europe/Berlin`; undefined where there is none of that name. */
export function namedZone(name: string): OffsetAt | undefined {
  const zone = timeZone(name)
  return zone && ((utc) => Math.round(zone.offsetAt(utc) / MINUTE))
}

export const fixedZone =
  (minutes: number): OffsetAt =>
  () =>
    minutes

/**
 * The instant of a server-local time, ms. In the hour that comes twice when summer time ends it is the first; a time that the clock jumped
 * over counts as if the clock had not.
 */
export function fromLocal(text: unknown, zone: OffsetAt): number | undefined {
  const local = localAsUtc(text)
  if (local === undefined) return undefined
  const guesses = [local - MINUTE * zone(local - 86_400_000), local - MINUTE * zone(local + 86_400_000)]
  const right = guesses.filter((utc) => utc + zone(utc) * MINUTE === local)
  return Math.min(...(right.length > 0 ? right : guesses))
}

/** A time that the server told twice: in its zone, and in UTC. */
export interface Witness {
  local: unknown
  utc: unknown
}

/**
 * The server's zone from times that it told twice: this machine's zone where that fits all of them, as it mostly does; otherwise the distance
 * that the newest one shows, which is right for what happens now and may be an hour wrong for what is half a year old.
 */
export function zoneOf(witnesses: readonly Witness[], here: string): OffsetAt | undefined {
  const known = witnesses.flatMap(({ local, utc }) => {
    const offset = offsetBetween(local, utc)
    return offset === undefined ? [] : [{ offset, utc: Date.parse(String(utc)) }]
  })
  const newest = known.sort((a, b) => b.utc - a.utc)[0]
  if (!newest) return undefined
  for (const name of ['UTC', here]) {
    const zone = namedZone(name)
    if (zone && known.every(({ offset, utc }) => zone(utc) === offset)) return zone
  }
  return fixedZone(newest.offset)
}

/** `2026-11-23 23:21:27`, in the server's zone, read as if it were UTC. */
export function localAsUtc(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?$/.exec(text)
  const ms = match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

/**
 * The server's distance from UTC, from one device's `inserted` (or another time) in both renderings: the list has it in local time without
 * a zone, the single device in UTC (facts 1.2).
 * @returns minutes, to a quarter of an hour
 */
export function offsetBetween(local: unknown, utc: unknown): number | undefined {
  const here = localAsUtc(local)
  const there = typeof utc === 'string' && utc.includes('T') ? Date.parse(utc) : Number.NaN
  if (here === undefined || Number.isNaN(there)) return undefined
  const minutes = Math.round((here - there) / 60_000 / 15) * 15
  return Math.abs(minutes) <= 14 * 60 ? minutes : undefined
}
