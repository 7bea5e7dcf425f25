import Table from 'cli-table3'
import { paint } from './color.ts'

/** One column of a list: the value as data, and how a person sees it. */
export interface Column<Row> {
  /** Lower case, as in CSV. */
  name: string
  value(row: Row): string | number | boolean | null
  /** Absent: the value itself, `-` for null. */
  shown?(row: Row): string
  /** Numbers stand right. */
  right?: boolean
}

export interface TableOptions {
  header: boolean
  /** Columns of the terminal; longer cells are cut so that a row stays on one line. Absent: nothing is cut. */
  width?: number | undefined
}

const GAP = 2
/** A column is not cut below this. */
const MIN_WIDTH = 8
const BORDERS = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid']
const MORE_BORDERS = ['mid', 'mid-mid', 'right', 'right-mid', 'middle']

/** Rows for a person: aligned columns without lines, so that eyes and awk both find their way. No line break at the end. */
export function formatTable<Row>(rows: readonly Row[], columns: ReadonlyArray<Column<Row>>, { header, width }: TableOptions): string {
  const heads = columns.map(({ name }) => name.toUpperCase().replaceAll('_', ' '))
  const cells = rows.map((row) => columns.map((column) => cellOf(row, column)))
  const lines = header ? [heads, ...cells] : cells
  const widths = columns.map((_, i) => lines.reduce((most, line) => Math.max(most, line[i]?.length ?? 0), 0))
  const table = new Table({
    chars: Object.fromEntries([...BORDERS, ...MORE_BORDERS].map((border) => [border, ''])),
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
    colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
    ...(width !== undefined && { colWidths: fitted(widths, width).map((size) => size + GAP) }),
  })
  for (const line of lines) table.push(line)
  const text = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  if (header && text[0] !== undefined) text[0] = paint.strong(text[0])
  return text.join('\n')
}

/** Take from the widest column until all fit. */
function fitted(natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, size) => sum + size + GAP, 0) - width
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    const size = widths[widest] ?? 0
    if (size <= MIN_WIDTH) break
    widths[widest] = size - 1
    excess--
  }
  return widths
}

/** Control characters of C0 and C1: a cell is one line, and a terminal must not obey what it shows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g

function cellOf<Row>(row: Row, column: Column<Row>): string {
  const text = column.shown ? column.shown(row) : String(column.value(row) ?? '-')
  return text.replace(CONTROL, ' ')
}
