import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { amount, moment } from '../../live/format.ts'
import { aligned } from '../../live/model/series.ts'

export interface Line {
  label: string
  points: ReadonlyArray<{ at: number; value: number }>
}

/** An expected band for a while, and what was seen outside of it. */
export interface Mark {
  from: number
  to: number
  low: number
  high: number
  seen: number
  label: string
}

interface Props {
  title: string
  lines: readonly Line[]
  marks?: readonly Mark[]
  unit?: string
  height?: number
  /** What to say while there is nothing to draw. */
  empty: string
}

const INKS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6', '--line-7', '--line-8']
/** A line is also known by its dashes. */
const DASHES: number[][] = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 4], [1, 3], [10, 2, 2, 2]]
const ROWS = 20

/** Lines over event time. A canvas says nothing to those who do not see it: a table of the newest values is one key away. */
export function Chart({ title, lines, marks = [], unit, height = 180, empty }: Props) {
  const [table, setTable] = useState(false)
  const drawnLines = lines.filter(({ points }) => points.length > 0)
  const newest = drawnLines.map(({ label, points }) => `${label} ${amount(points.at(-1)?.value, unit)}`).join(', ')
  return (
    <figure class="chart">
      <div class="head">
        <h3>{title}</h3>
        <button type="button" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? 'As lines' : 'As a table'}
          <span class="hidden">: {title}</span>
        </button>
      </div>
      {drawnLines.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : table ? (
        <Numbers lines={drawnLines} {...(unit !== undefined && { unit })} />
      ) : (
        <Canvas lines={drawnLines} marks={marks} height={height} label={`${title}: ${newest}`} {...(unit !== undefined && { unit })} />
      )}
    </figure>
  )
}

interface CanvasProps {
  lines: readonly Line[]
  marks: readonly Mark[]
  height: number
  label: string
  unit?: string
}

function Canvas({ lines, marks, height, label, unit }: CanvasProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const shown = useRef(marks)
  shown.current = marks
  const names = lines.map((line) => line.label).join('\0')
  const data = aligned(lines.map(({ points }) => points))
  useEffect(() => {
    const { current } = box
    if (!current) return
    const made = new uPlot(optionsOf(current.clientWidth, height, lines, unit, shown), data, current)
    plot.current = made
    const size = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height }))
    size.observe(current)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const redraw = () => made.redraw()
    scheme.addEventListener('change', redraw)
    return () => {
      scheme.removeEventListener('change', redraw)
      size.disconnect()
      made.destroy()
    }
  }, [names, unit, height])
  useEffect(() => plot.current?.setData(data))
  return <div ref={box} role="img" aria-label={label} />
}

const ink = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function optionsOf(
  width: number,
  height: number,
  lines: readonly Line[],
  unit: string | undefined,
  marks: { current: readonly Mark[] },
): uPlot.Options {
  const axis = { stroke: () => ink('--soft-ink'), grid: { stroke: () => ink('--rule'), width: 1 }, ticks: { show: false } }
  return {
    width,
    height,
    cursor: { drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_, low, high) => rangeOf(low, high, marks.current) } },
    axes: [
      { ...axis, values: (_, ticks, __, ___, step) => ticks.map((tick) => timeOf(tick, step)) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => amount(tick, unit)) },
    ],
    series: [
      { value: (_, at) => (at === null ? '–' : moment(at * 1000)) },
      ...lines.map(({ label }, i) => ({
        label,
        stroke: () => ink(INKS[i % INKS.length] ?? ''),
        width: 1.5,
        dash: DASHES[i % DASHES.length] ?? [],
        points: { show: false },
        value: (_: uPlot, value: number | null) => amount(value, unit),
      })),
    ],
    hooks: { draw: [(drawn) => drawMarks(drawn, marks.current)] },
  }
}

/** Hours and minutes, seconds only where ticks are closer than a minute. */
const timeOf = (at: number, step: number): string => moment(at * 1000).slice(0, step < 60 ? 8 : 5)

function rangeOf(low: number | null, high: number | null, marks: readonly Mark[]): [number, number] {
  const lowest = Math.min(0, low ?? 0, ...marks.map((mark) => mark.low))
  const highest = Math.max(high ?? 1, ...marks.map((mark) => mark.seen))
  return [lowest, highest > lowest ? highest * 1.08 : lowest + 1]
}

/** Bands behind, and a cross where something was seen outside of one. */
function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const { from, to, low, high, seen } of marks) {
    const [x1, x2] = [plot.valToPos(from / 1000, 'x', true), plot.valToPos(to / 1000, 'x', true)]
    const [top, bottom] = [plot.valToPos(high, 'y', true), plot.valToPos(low, 'y', true)]
    ctx.fillStyle = ink('--band')
    ctx.fillRect(x1, top, Math.max(2, x2 - x1), bottom - top)
    const y = plot.valToPos(seen, 'y', true)
    ctx.strokeStyle = ink('--critical')
    ctx.lineWidth = 2
    ctx.beginPath()
    for (const slope of [-1, 1]) {
      ctx.moveTo(x1 - 5, y - 5 * slope)
      ctx.lineTo(x1 + 5, y + 5 * slope)
    }
    ctx.stroke()
  }
  ctx.restore()
}

function Numbers({ lines, unit }: { lines: readonly Line[]; unit?: string }) {
  const [times, ...rows] = aligned(lines.map(({ points }) => points))
  const newest = times
    .map((at, i) => ({ at, i }))
    .filter(({ i }) => rows.some((row) => row[i] != null))
    .slice(-ROWS)
    .reverse()
  return (
    <section class="scroll" tabIndex={0} aria-label={`Newest values: ${lines.map(({ label }) => label).join(', ')}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ label }) => (
              <th scope="col" key={label}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newest.map(({ at, i }) => (
            <tr key={at}>
              <th scope="row">{moment(at * 1000)}</th>
              {rows.map((row, n) => (
                <td class="number" key={lines[n]?.label}>
                  {amount(row[i], unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
