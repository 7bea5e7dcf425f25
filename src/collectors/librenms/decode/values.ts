import type { Row } from '../client/api.ts'
import { fromLocal, type OffsetAt } from '../client/zone.ts'

/** The API has two renderings of a row (facts 1.2), and older PHP a third with all numbers as text: each of these takes all of them. */

/** A whole number, from 7 or "7". */
export function integer(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

/** Null where the API has nothing, or no number. */
export function quantity(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** 0, 1, "0", "1", true, false. */
export function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 1 || value === '1') return true
  if (value === 0 || value === '0') return false
  return undefined
}

/** Text, or null; numbers as the text that they are. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** `2026-11-23 23:21:27` in the server's zone, or `2026-11-23T23:21:27.000000Z`; null where there is no time. @returns ms */
export function time(value: unknown, zone: OffsetAt): number | null {
  if (typeof value !== 'string') return null
  const ms = value.includes('T') ? Date.parse(value) : (fromLocal(value, zone) ?? Number.NaN)
  // "0000-00-00 00:00:00" is how MySQL says never.
  return Number.isNaN(ms) || ms <= 0 ? null : ms
}

export function instant(value: unknown, zone: OffsetAt): string | null {
  const ms = time(value, zone)
  return ms === null ? null : new Date(ms).toISOString()
}

/**
 * Columns that are not among those known by name, where there are any. Whole numbers are numbers, whether the server's PHP says 161 or
 * "161", and flags are 0 or 1, as the table has them: otherwise its upgrade would be news about every row.
 */
export function others(row: Row, known: ReadonlySet<string>): { extra?: Record<string, unknown> } {
  const extra: Record<string, unknown> = {}
  for (const name of Object.keys(row).sort()) {
    const value = row[name]
    if (known.has(name) || value === null || value === '') continue
    extra[name] = typeof value === 'boolean' || (typeof value === 'string' && WHOLE.test(value)) ? Number(value) : value
  }
  return Object.keys(extra).length > 0 ? { extra } : {}
}

/** Nothing is lost by making a number of it. */
const WHOLE = /^(0|-?[1-9]\d{0,14})$/
