import { readFile } from 'node:fs/promises'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import { intervalOf, seasonOf } from '../../query/forecast/season.ts'
import type { WholeSeries } from '../series/read-series.ts'

/** @throws SHITOPS_E_USAGE */
export function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} ${text} is no duration`, { suggestions: [`one such as ${DURATION_FORMS}`] })
}

/**
 * Local dates of holidays: one at the beginning of a line, as in `2026-12-25 Christmas`; # begins a comment.
 * @throws SHITOPS_E_FILE, SHITOPS_E_USAGE with the line
 */
export async function readHolidays(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ShitopsError('SHITOPS_E_FILE', `${file} cannot be read: ${messageOf(cause)}`, { cause, suggestions: ['--holidays FILE'] })
  })
  return text.split(/\r?\n/).flatMap((line, i) => {
    const said = line.replace(/#.*/, '').trim()
    if (said === '') return []
    const date = /^\d{4}-\d{2}-\d{2}(?=\s|,|$)/.exec(said)?.[0]
    if (date === undefined || new Date(`${date}T00:00:00Z`).toJSON()?.slice(0, 10) !== date) {
      throw new ShitopsError('SHITOPS_E_USAGE', `${file}, line ${i + 1}: "${said.slice(0, 40)}" does not begin with a date`, {
        suggestions: ['a date a line: 2026-12-25 Christmas'],
      })
    }
    return [date]
  })
}

export interface Season {
  /** Rows; undefined where there is none. */
  readonly rows: number | undefined
  /** For the forecaster: rows of a season that it does not know by its calendar. */
  readonly period: number | undefined
}

const DAY = 86_400_000
/** Two numbers a row are kept. */
const LONGEST = 100_000

/**
 * The season of a series: what `--period` says, in rows or as a duration, else the day or the week where the series shows one.
 * @throws SHITOPS_E_USAGE
 */
export function seasonFor({ times, values }: WholeSeries, period: string | undefined): Season {
  const interval = intervalOf(times)
  if (period === undefined) return { rows: seasonOf(times, values), period: undefined }
  const rows = /^\d+$/.test(period) ? Number(period) : Math.round(durationOf('period', period) / interval)
  if (!(rows >= 2 && rows <= LONGEST)) {
    throw new ShitopsError('SHITOPS_E_USAGE', `--period ${period} is no season of 2 to ${LONGEST} rows`, {
      suggestions: ['a number of rows, or a duration of at least two of them'],
    })
  }
  const days = (rows * interval) / DAY
  return { rows, period: [1, 7].some((known) => Math.abs(days - known) < 0.01) ? undefined : rows }
}

/** @throws SHITOPS_E_USAGE */
export function numberOf(flag: string, text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(number)) return number
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} ${text} is no number`, { suggestions: [`--${flag} 0.9`] })
}

/** @throws SHITOPS_E_USAGE */
export function shareOf(flag: string, text: string): number {
  const share = numberOf(flag, text)
  if (share > 0 && share < 1) return share
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} ${text} is not between 0 and 1`, { suggestions: [`--${flag} 0.8`] })
}
