import { readLines } from '../../base/lines.ts'
import { type Columns, columnsOf, splitFields } from './csv-columns.ts'
import { parseTimestamp } from './timestamp.ts'

/** A row as it stands in the file, and what could be read of it. */
export interface SeriesRow {
  readonly line: number
  readonly timestamp: string
  /** As they stand there, one for each value column. */
  readonly texts: readonly string[]
  /** ms since 1970; undefined when it cannot be read. */
  readonly time: number | undefined
  /** NaN where there is no number. */
  readonly numbers: readonly number[]
  /** What is wrong with the row; undefined where nothing is. `missing` is a value that is not there, as sensors do it: no fault of the file. */
  readonly problem: 'missing' | string | undefined
}

const MISSING = ['', 'nan', 'null', 'none', 'na', 'n/a', '-']

/**
 * The rows of a CSV of a series, in the order of the file; blank lines and the header give none.
 *
 * @param wanted names of value columns, or their numbers from 1; found by name and content where there are none
 * @param tell is told of the columns before the first row
 * @throws RangeError with the name of a wanted column that is not there
 */
export async function* readRows(
  chunks: AsyncIterable<Uint8Array>,
  wanted: readonly string[] = [],
  tell?: (columns: Columns) => void,
): AsyncGenerator<SeriesRow[]> {
  let columns: Columns | undefined
  let header: string | undefined
  const settle = (found: Columns) => {
    tell?.(found)
    columns = found
    return found
  }
  for await (const lines of readLines(chunks)) {
    const rows: SeriesRow[] = []
    for (const { number, text } of lines) {
      const line = text === null ? null : text.replace(/\r$/, '').replace(/^\uFEFF/, '')
      if (line !== null && line.trim() === '') continue
      if (!columns && header === undefined && line !== null && columnsOf(line).header) {
        header = line
        continue
      }
      const known = columns ?? settle(columnsOf(header ?? line ?? '', line ?? undefined, wanted))
      rows.push(line === null ? broken(number, known) : rowOf(line, number, known))
    }
    if (rows.length > 0) yield rows
  }
  if (!columns && header !== undefined) settle(columnsOf(header, undefined, wanted))
}

const broken = (line: number, { values }: Columns): SeriesRow => {
  const problem = 'the line is longer than 1 MiB'
  return { line, timestamp: '', texts: values.map(() => ''), time: undefined, numbers: values.map(() => Number.NaN), problem }
}

function rowOf(line: string, at: number, { separator, time, values }: Columns): SeriesRow {
  const fields = splitFields(line, separator)
  const timestamp = (fields[time] ?? '').trim()
  const texts = values.map((column) => (fields[column] ?? '').trim())
  const when = parseTimestamp(timestamp)
  const numbers = texts.map(numberOf)
  const row = { line: at, timestamp, texts, time: when, numbers }
  if (fields.length <= Math.max(time, ...values)) return { ...row, problem: 'a timestamp and a value are wanted' }
  if (when === undefined) return { ...row, problem: `${JSON.stringify(timestamp.slice(0, 40))} is no timestamp` }
  const bad = texts.find((text, i) => Number.isNaN(numbers[i]) && !MISSING.includes(text.toLowerCase()))
  if (bad !== undefined) return { ...row, problem: `${JSON.stringify(bad.slice(0, 40))} is no finite number` }
  return { ...row, problem: numbers.some(Number.isNaN) ? 'missing' : undefined }
}

function numberOf(text: string): number {
  const number = text === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : Number.NaN
}
