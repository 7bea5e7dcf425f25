import { csvLine } from './csv.ts'
import { type Column, formatTable } from './table.ts'

export interface ListFlags {
  output: 'table' | 'json' | 'csv' | 'ndjson'
  'no-header': boolean
  'no-trunc': boolean
}

/**
 * A list as text, each line with its break. Data forms have every field of a row; columns, and so CSV, have those that a person wants.
 * @param document what `--output json` prints, the same as `--json`
 */
export function formatList<Row>(
  rows: readonly Row[],
  columns: ReadonlyArray<Column<Row>>,
  flags: ListFlags,
  document: unknown,
  terminal: { isTTY?: boolean; columns?: number },
): string {
  const header = !flags['no-header']
  switch (flags.output) {
    case 'json':
      return `${JSON.stringify(document, null, 2)}\n`
    case 'ndjson':
      return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    case 'csv':
      return (
        (header ? csvLine(columns.map(({ name }) => name)) : '') +
        rows.map((row) => csvLine(columns.map(({ value }) => value(row)))).join('')
      )
    case 'table': {
      if (rows.length === 0) return ''
      const width = terminal.isTTY && !flags['no-trunc'] ? terminal.columns : undefined
      return `${formatTable(rows, columns, { header, width })}\n`
    }
  }
}
