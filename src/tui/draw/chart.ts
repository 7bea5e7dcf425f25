const BARS = '▁▂▃▄▅▆▇█'

/** One character a value, the lowest block for the least and the highest for the most; a blank where there is none. Of more values the newest. */
export function sparkline(values: ReadonlyArray<number | null>, width: number, floor?: number): string {
  const shown = values.slice(-width)
  const [low, high] = reach(shown, floor)
  const text = shown.map((value) => (value === null ? ' ' : BARS[level(value, low, high, BARS.length)])).join('')
  return text.padStart(width)
}

function reach(values: ReadonlyArray<number | null>, floor?: number): [number, number] {
  let [low, high] = [floor ?? Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value === null) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}

/** Which of so many steps; all are the lowest where they are the same. */
function level(value: number, low: number, high: number, steps: number): number {
  if (!(high > low)) return 0
  return Math.min(steps - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * steps)))
}

/** A part of a whole as a bar: `full` of it, the rest in `empty`. */
export function bar(part: number, width: number, full = '█', empty = '░'): string {
  const filled = Math.round(Math.min(1, Math.max(0, part)) * width)
  return full.repeat(filled) + empty.repeat(width - filled)
}

/** Values put into so many equal stretches of time from `from` to `to`: the mean of each, null where there is none. */
export function bucketed(
  points: ReadonlyArray<{ at: number; value: number }>,
  from: number,
  to: number,
  count: number,
): Array<number | null> {
  const [sums, counts] = [new Float64Array(count), new Float64Array(count)]
  const span = Math.max(1, to - from)
  for (const { at, value } of points) {
    if (at < from || at > to) continue
    const i = Math.min(count - 1, Math.floor(((at - from) / span) * count))
    sums[i] = (sums[i] ?? 0) + value
    counts[i] = (counts[i] ?? 0) + 1
  }
  return Array.from(sums, (sum, i) => (counts[i] ? sum / (counts[i] as number) : null))
}

/** Dots of a braille character, by row and column (Unicode block U+2800). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

/** A line chart in braille: two values to a column, four steps to a row. @returns `height` lines of `width` characters, and the reach of the values */
export function braille(
  values: ReadonlyArray<number | null>,
  width: number,
  height: number,
  floor?: number,
): { lines: string[]; low: number; high: number } {
  const shown = values.slice(-width * 2)
  const [low, high] = reach(shown, floor)
  const grid = Array.from({ length: height }, () => new Uint8Array(width))
  const steps = height * 4
  let before: number | undefined
  for (const [i, value] of shown.entries()) {
    if (value === null) {
      before = undefined
      continue
    }
    const x = i + width * 2 - shown.length
    const y = steps - 1 - level(value, low, high, steps)
    // A steep rise stays one line.
    const [top, bottom] = before === undefined ? [y, y] : [Math.min(y, before), Math.max(y, before)]
    for (let at = top; at <= bottom; at++) {
      const row = grid[at >> 2]
      const dot = DOTS[at & 3]?.[x & 1] ?? 0
      if (row) row[x >> 1] = (row[x >> 1] ?? 0) | dot
    }
    before = y
  }
  const lines = grid.map((row) => Array.from(row, (dots) => (dots === 0 ? ' ' : String.fromCharCode(0x2800 + dots))).join(''))
  return { lines, low, high }
}
