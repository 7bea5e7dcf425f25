import type { Piece, Row, Style } from './row.ts'
import { cells, clean, padded } from './text.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Columns of the terminal below which it is left out. */
  readonly from?: number
  /** Never wider than this. */
  readonly most?: number
  /** Always this wide: no row needs to be looked at for it. */
  readonly fixed?: number
  /** Takes what is left over. */
  readonly grows?: boolean
}

export type Cell = string | readonly [text: string, style: Style]

const GAP = 2
/** A column that grows begins with so much: it cuts no other short. */
const GROWING = 16
const textOf = (cell: Cell | undefined): string => clean(typeof cell === 'string' ? cell : (cell?.[0] ?? ''))

/**
 * Widths of the columns that a terminal of that width has room for, 0 for those that are left out. What is too wide is taken from the widest.
 * @param all every row, also those that are scrolled away: the table must not jump
 */
export function widthsOf(columns: readonly Column[], all: ReadonlyArray<readonly Cell[]>, width: number, terminal = width): number[] {
  const shown = columns.map(({ from = 0 }) => terminal >= from)
  const widths = columns.map(({ title, most = Number.POSITIVE_INFINITY, fixed, grows }, i) => {
    if (!shown[i]) return 0
    if (fixed !== undefined) return fixed
    let widest = cells(title) + 2
    for (const row of all) widest = Math.max(widest, cells(textOf(row[i])))
    return Math.min(most, grows ? GROWING : Number.POSITIVE_INFINITY, widest)
  })
  const room = width - (shown.filter(Boolean).length - 1) * GAP
  let excess = widths.reduce((sum, each) => sum + each, 0) - room
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    const size = widths[widest] ?? 0
    if (size <= 4) break
    const off = Math.min(excess, Math.max(1, size - second(widths, widest)), size - 4)
    widths[widest] = size - off
    excess -= off
  }
  const grower = columns.findIndex(({ grows }, i) => grows && shown[i])
  if (excess < 0 && grower >= 0) {
    const { most = Number.POSITIVE_INFINITY } = columns[grower] ?? {}
    widths[grower] = Math.min(most, (widths[grower] ?? 0) - excess)
  }
  return widths
}

const second = (widths: readonly number[], besides: number): number => Math.max(0, ...widths.filter((_, i) => i !== besides))

export function tableRow(columns: readonly Column[], widths: readonly number[], row: readonly Cell[]): Piece[] {
  const pieces: Piece[] = []
  for (const [i, { align = 'left' }] of columns.entries()) {
    const width = widths[i] ?? 0
    if (width === 0) continue
    if (pieces.length > 0) pieces.push([' '.repeat(GAP)])
    const cell = row[i]
    const text = padded(textOf(cell), width, align)
    pieces.push(typeof cell === 'string' || cell === undefined ? [text] : [text, cell[1]])
  }
  return pieces
}

export function headRow(columns: readonly Column[], widths: readonly number[], sorted: { column: number; down: boolean } | undefined): Row {
  const titles = columns.map(({ title }, i) => (sorted?.column === i ? `${title} ${sorted.down ? '▾' : '▴'}` : title))
  return tableRow(
    columns,
    widths,
    titles.map((title) => [title, 'head'] as const),
  )
}
