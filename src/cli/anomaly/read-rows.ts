import { readLines } from '../../base/lines.ts'
import { type Columns, columnsOf, splitFields } from './csv-columns.ts'
import { parseTimestamp } from './timestamp.ts'

/** A row as it stands in the file, and what could be read of it. */
export interface SeriesRow {
  readonly line: number
  readonly timestamp: string
  readonly value: string
  /** ms since 1970; undefined when it cannot be read. */
  readonly time: number | undefined
  /** Undefined when there is no number. */
  readonly number: number | undefined
  /** Why the row gets no score; undefined where it does. `missing` is a value that is not there, as sensors do it: no fault of the file. */
  readonly problem: 'missing' | string | undefined
}

const MISSING = ['', 'nan', 'null', 'none', 'na', 'n/a', '-']

/** The rows of a CSV of a series, in the order of the file; blank lines and the header give none. */
export async function* readRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SeriesRow[]> {
  let columns: Columns | undefined
  for await (const lines of readLines(chunks)) {
    const rows: SeriesRow[] = []
    for (const { number, text } of lines) {
      const line = text === null ? null : text.replace(/\r$/, '').replace(/^\uFEFF/, '')
      if (line !== null && line.trim() === '') continue
      if (!columns) {
        columns = columnsOf(line ?? '')
        if (columns.header && line !== null) continue
      }
      rows.push(line === null ? broken(number, 'the line is longer than 1 MiB') : rowOf(line, number, columns))
    }
    if (rows.length > 0) yield rows
  }
}

const broken = (line: number, problem: string): SeriesRow => {
  return { line, timestamp: '', value: '', time: undefined, number: undefined, problem }
}

function rowOf(line: string, at: number, { separator, time, value }: Columns): SeriesRow {
  const fields = splitFields(line, separator)
  const timestamp = (fields[time] ?? '').trim()
  const text = (fields[value] ?? '').trim()
  const when = parseTimestamp(timestamp)
  const number = text === '' ? Number.NaN : Number(text)
  const row = { line: at, timestamp, value: text, time: when, number: Number.isFinite(number) ? number : undefined }
  if (fields.length <= Math.max(time, value)) return { ...row, problem: 'a timestamp and a value are wanted' }
  if (when === undefined) return { ...row, problem: `${JSON.stringify(timestamp.slice(0, 40))} is no timestamp` }
  if (MISSING.includes(text.toLowerCase())) return { ...row, problem: 'missing' }
  if (row.number === undefined) return { ...row, problem: `${JSON.stringify(text.slice(0, 40))} is no finite number` }
  return { ...row, problem: undefined }
}
