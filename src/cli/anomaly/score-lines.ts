import { csvLine } from '../csv.ts'
import type { ScoredRow } from './score.ts'

const ALARM_NAMES = ['member', 'expected_low', 'expected_high', 'since', 'similar'] as const

/** One shape for all rows: what goes before them, and the text of each. */
export interface ScoreLines {
  /** @param names of the value columns; one is always called `value` */
  header(names: readonly string[]): string
  line(row: ScoredRow): string
}

/** CSV with a header; the explanation of an alarm in columns of its own. Lines end with a newline alone, as in most series. */
export function csvLines(explain: boolean): ScoreLines {
  const line = (fields: ReadonlyArray<string | number | null | undefined>) => csvLine(fields).replace(/\r\n$/, '\n')
  const alarmNames = (columns: number) => (explain ? [...(columns > 1 ? (['column'] as const) : []), ...ALARM_NAMES] : [])
  return {
    header: (names) => line(['timestamp', ...(names.length > 1 ? names : ['value']), 'anomaly_score', ...alarmNames(names.length)]),
    line: ({ timestamp, values, anomaly_score, alarm }) => {
      return line([timestamp, ...values, anomaly_score, ...alarmNames(values.length).map((name) => alarm?.[name])])
    },
  }
}

/** One JSON object a line; a value that is a number is one, anything else null. */
export const ndjsonLines: ScoreLines = { header: () => '', line: (row) => `${JSON.stringify(asJson(row))}\n` }

/** The row with its values as numbers, or null where they are none: `value`, or `values` by column where there are several. */
export function asJson({ timestamp, names, values, ...rest }: ScoredRow): Record<string, unknown> {
  const numbers = values.map((text, i) => {
    const number = text === '' ? Number.NaN : Number(text)
    return [names[i] as string, Number.isFinite(number) ? number : null] as const
  })
  return { timestamp, ...(numbers.length > 1 ? { values: Object.fromEntries(numbers) } : { value: numbers[0]?.[1] ?? null }), ...rest }
}
