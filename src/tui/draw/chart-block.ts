import { amount } from '../../live/format.ts'
import { braille, bucketed } from './chart.ts'
import type { Piece, Row } from './row.ts'
import { cells, cut, padded } from './text.ts'

export interface ChartOptions {
  readonly title: string
  /** Beside the title: the newest value, or when all this was. */
  readonly note: string
  /** In order of time. */
  readonly points: ReadonlyArray<{ at: number; value: number }>
  readonly unit?: string | undefined
  readonly width: number
  readonly height: number
}

/** For the values at the side of the chart. */
const MARKS = 10

/** A title and below it a line over time, the highest and the lowest value at its side: `height` rows, exactly as wide as asked for, to be put beside others. */
export function chart({ title, note, points, unit, width, height }: ChartOptions): Row[] {
  const across = Math.max(4, width - MARKS - 2)
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0]
  const { lines, low, high } = braille(filled(bucketed(points, from, to, across * 2)), across, Math.max(1, height - 1), 0)
  const name = cut(title, width)
  const rest = width - cells(name)
  const head: Piece[] = [
    [name, 'strong'],
    [padded(note === '' ? '' : `  ${note}`, rest), 'dim'],
  ]
  const rows = lines.map((text, i): Row => {
    const mark = points.length === 0 ? '' : i === 0 ? amount(high, unit) : i === lines.length - 1 ? amount(low, unit) : ''
    return [
      [padded(mark, MARKS, 'right'), 'dim'],
      [' │', 'dim'],
      [padded(text, across), 'accent'],
    ]
  })
  return [head, ...rows]
}

/** Between two samples a straight line: they are further apart than the columns. */
function filled(values: ReadonlyArray<number | null>): Array<number | null> {
  const line = [...values]
  let before = -1
  for (const [i, value] of values.entries()) {
    if (value === null) continue
    const from = before < 0 ? value : (values[before] ?? value)
    for (let at = before + 1; before >= 0 && at < i; at++) line[at] = from + ((value - from) * (at - before)) / (i - before)
    before = i
  }
  return line
}

/** Blocks of equal height beside each other, each as wide as its rows are. */
export function beside(blocks: ReadonlyArray<readonly Row[]>, gap: number): Row[] {
  const height = Math.max(0, ...blocks.map(({ length }) => length))
  return Array.from({ length: height }, (_, y) =>
    blocks.flatMap((block, i): Piece[] => [...(i === 0 ? [] : ([[' '.repeat(gap)]] as Piece[])), ...(block[y] ?? [])]),
  )
}
