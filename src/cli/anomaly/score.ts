import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import { type Alarm, alarmOf } from '../../query/anomaly/alarm.ts'
import { RowDetector } from '../../query/anomaly/row-detector.ts'
import { ALARM_SCORE } from '../../query/anomaly/since.ts'
import { readRows, type SeriesRow } from '../series/read-rows.ts'
import { seriesChunks } from '../series/series-chunks.ts'

/** How many rows that cannot be scored are named one by one. */
const NAMED = 10

export interface ScoreOptions {
  /** A path, or - for stdin. */
  readonly file: string
  readonly explain: boolean
  /** Names of value columns, or their numbers from 1; found by name and content where there are none. */
  readonly columns?: readonly string[]
  /** Minutes that local time is ahead of UTC, for the time of day. */
  readonly utcOffsetMinutes: number
}

export interface ScoredRow {
  readonly timestamp: string
  /** Of the value columns; the same list for each row. */
  readonly names: readonly string[]
  /** As they stand in the file. */
  readonly values: readonly string[]
  readonly anomaly_score: number
  /** Only with `explain`, and null where there is no alarm. */
  readonly alarm?: Alarm | null
}

export interface ScoreSummary {
  rows: number
  alarms: number
  missing: number
  bad: number
  /** Rows whose time is not after that of the row before. */
  notInOrder: number
}

/**
 * Scores the rows of a series in the order of the file; row n depends on the rows up to n alone. A row without any number, or without a time, gets 0
 * and teaches nothing; where one of several values is missing, the others are scored.
 * @param tell is told the names of the value columns before the first row
 * @throws SHITOPS_E_FILE when the file cannot be read, SHITOPS_E_USAGE when a column is not there
 */
export async function* scoreRows(
  { file, explain, utcOffsetMinutes, columns = [] }: ScoreOptions,
  summary: ScoreSummary,
  logger: Logger,
  signal: AbortSignal,
  tell?: (names: readonly string[]) => void,
): AsyncGenerator<ScoredRow[]> {
  let names: readonly string[] = []
  let detector: RowDetector | undefined
  let last = Number.NEGATIVE_INFINITY
  const one = (row: SeriesRow): ScoredRow => {
    summary.rows++
    const { timestamp, texts: values, time, numbers, problem } = row
    if (problem !== undefined) complain(row, summary, logger)
    if (time === undefined || numbers.every(Number.isNaN) || !detector) {
      return { timestamp, names, values, anomaly_score: 0, ...(explain && { alarm: null }) }
    }
    if (time <= last) summary.notInOrder++
    last = time
    const { score } = detector.step(time, numbers)
    const isAlarm = score >= ALARM_SCORE
    if (isAlarm) summary.alarms++
    return {
      timestamp,
      names,
      values,
      anomaly_score: score,
      ...(explain && { alarm: isAlarm ? alarmOf(detector, names.length, names) : null }),
    }
  }
  const rows = readRows(seriesChunks(file, signal), columns, (found) => {
    names = found.names
    detector = new RowDetector(names.length, { utcOffsetMinutes })
    tell?.(names)
  })
  try {
    for await (const some of rows) yield some.map(one)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new ShitopsError('SHITOPS_E_USAGE', `${file} has no column "${cause.message}"`, {
      suggestions: ['name columns as the header does, or by their numbers from 1'],
    })
  }
}

export const emptySummary = (): ScoreSummary => ({ rows: 0, alarms: 0, missing: 0, bad: 0, notInOrder: 0 })

/** What somebody should know when all is done. */
export function tellSummary({ rows, alarms, missing, bad, notInOrder }: ScoreSummary, logger: Logger): void {
  if (bad > NAMED) logger.warn(`${bad - NAMED} more rows cannot be read`)
  if (rows === 0) logger.warn('there are no rows')
  const notes = [
    missing > 0 && `${missing} without a value`,
    bad > 0 && `${bad} that cannot be read`,
    notInOrder > 0 && `${notInOrder} not later than the row before`,
  ].filter(Boolean)
  logger.info(
    `${plural(rows, 'row')}, ${plural(alarms, 'alarm')} (score ${ALARM_SCORE} and more)${notes.map((note) => `, ${note}`).join('')}`,
  )
}

function complain({ line, problem, time, numbers }: SeriesRow, summary: ScoreSummary, logger: Logger): void {
  if (problem === 'missing') {
    summary.missing++
    return
  }
  const result = time === undefined || numbers.every(Number.isNaN) ? 'its score is 0' : 'the other values are scored'
  if (++summary.bad <= NAMED) logger.warn(`line ${line}: ${problem}; ${result}`)
}
