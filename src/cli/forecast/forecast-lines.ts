import { csvLine } from '../csv.ts'
import type { ForecastRow } from './forecast.ts'

/** CSV with a header and plain line ends, as `anomaly score` prints it, or one JSON object a line. */
export function forecastLines(rows: readonly ForecastRow[], form: 'csv' | 'ndjson'): string {
  if (form === 'ndjson') return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const names = Object.keys(rows[0] ?? {}) as Array<keyof ForecastRow>
  return [names, ...rows.map((row) => names.map((name) => row[name]))].map((fields) => csvLine(fields).replace(/\r\n$/, '\n')).join('')
}
