import { csvLine } from '../csv.ts'
import type { ScoredRow } from './score.ts'

const NAMES = ['timestamp', 'value', 'anomaly_score']
const ALARM_NAMES = ['member', 'expected_low', 'expected_high', 'since', 'similar'] as const

/** One shape for all rows: what goes before them, and the text of each. */
export interface ScoreLines {
  readonly header: string
  line(row: ScoredRow): string
}

/** CSV with a header; the explanation of an alarm in columns of its own. Lines end with a newline alone, as in most series. */
export function csvLines(explain: boolean): ScoreLines {
  const line = (fields: ReadonlyArray<string | number | null | undefined>) => csvLine(fields).replace(/\r\n$/, '\n')
  return {
    header: line(explain ? [...NAMES, ...ALARM_NAMES] : NAMES),
    line: ({ timestamp, value, anomaly_score, alarm }) =>
      line([timestamp, value, anomaly_score, ...(explain ? ALARM_NAMES.map((name) => alarm?.[name]) : [])]),
  }
}

/** One JSON object a line; a value that is a number is one, anything else null. */
export const ndjsonLines: ScoreLines = { header: '', line: (row) => `${JSON.stringify(asJson(row))}\n` }

/** The row with its value as a number, or null where it is none. */
export function asJson({ value, ...row }: ScoredRow): Record<string, unknown> {
  const number = value === '' ? Number.NaN : Number(value)
  const { timestamp, ...rest } = row
  return { timestamp, value: Number.isFinite(number) ? number : null, ...rest }
}
