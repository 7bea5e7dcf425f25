import { createReadStream } from 'node:fs'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { ALARM_SCORE, Detector } from '../../query/anomaly/detector.ts'
import { stdinChunks } from '../stdio.ts'
import { readRows, type SeriesRow } from './read-rows.ts'

/** How many rows that cannot be scored are named one by one. */
const NAMED = 10

export interface ScoreOptions {
  /** A path, or - for stdin. */
  readonly file: string
  readonly explain: boolean
  /** Minutes that local time is ahead of UTC, for the time of day. */
  readonly utcOffsetMinutes: number
}

/** Why a row is an alarm. */
export interface Alarm {
  readonly member: string
  readonly expected_low: number | null
  readonly expected_high: number | null
  readonly since: string
  readonly similar: string | null
}

export interface ScoredRow {
  readonly timestamp: string
  readonly value: string
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
 * Scores the rows of a series in the order of the file; row n depends on the rows up to n alone. A row without a number, or without a time, gets 0
 * and teaches nothing.
 * @throws SHITOPS_E_FILE when the file cannot be read
 */
export async function* scoreRows(
  { file, explain, utcOffsetMinutes }: ScoreOptions,
  summary: ScoreSummary,
  logger: Logger,
  signal: AbortSignal,
): AsyncGenerator<ScoredRow[]> {
  const detector = new Detector({ utcOffsetMinutes })
  let last = Number.NEGATIVE_INFINITY
  const one = (row: SeriesRow): ScoredRow => {
    summary.rows++
    const { timestamp, value, time, number, problem } = row
    if (time === undefined || number === undefined || problem !== undefined) {
      complain(row, summary, logger)
      return { timestamp, value, anomaly_score: 0, ...(explain && { alarm: null }) }
    }
    if (time <= last) summary.notInOrder++
    last = time
    const { score } = detector.step(time, number)
    const isAlarm = score >= ALARM_SCORE
    if (isAlarm) summary.alarms++
    return { timestamp, value, anomaly_score: score, ...(explain && { alarm: isAlarm ? alarmOf(detector) : null }) }
  }
  for await (const rows of readRows(chunksOf(file, signal))) yield rows.map(one)
}

export const emptySummary = (): ScoreSummary => ({ rows: 0, alarms: 0, missing: 0, bad: 0, notInOrder: 0 })

/** What somebody should know when all is done. */
export function tellSummary({ rows, alarms, missing, bad, notInOrder }: ScoreSummary, logger: Logger): void {
  if (bad > NAMED) logger.warn(`${bad - NAMED} more rows cannot be read`)
  if (rows === 0) logger.warn('there are no rows')
  const notes = [
    missing > 0 && `${missing} without a value`,
    bad > 0 && `${bad} that cannot be read (score 0)`,
    notInOrder > 0 && `${notInOrder} not later than the row before`,
  ].filter(Boolean)
  logger.info(`${rows} rows, ${alarms} alarms (score ${ALARM_SCORE} and more)${notes.map((note) => `, ${note}`).join('')}`)
}

function complain({ line, problem }: SeriesRow, summary: ScoreSummary, logger: Logger): void {
  if (problem === 'missing') {
    summary.missing++
    return
  }
  if (++summary.bad <= NAMED) logger.warn(`line ${line}: ${problem}; its score is 0`)
}

function alarmOf(detector: Detector): Alarm {
  const { member, expected, since, similar } = detector.explain()
  return {
    member,
    expected_low: expected?.low ?? null,
    expected_high: expected?.high ?? null,
    since: new Date(since).toISOString(),
    similar: similar === undefined ? null : new Date(similar).toISOString(),
  }
}

async function* chunksOf(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (file === '-') {
    yield* stdinChunks(signal, 'a CSV of timestamp,value')
    return
  }
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18, signal })) yield chunk as Buffer
  } catch (cause) {
    if (signal.aborted) return
    throw new ShitopsError(
      isNotAllowed(cause) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
      `${file} cannot be read: ${messageOf(cause)}`,
      {
        cause,
        suggestions: ['shitops anomaly score FILE.csv, or - for stdin'],
      },
    )
  }
}
