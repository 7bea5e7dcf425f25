import type { Layout, Point } from './layout.ts'

/** What a crossing costs, in px of mean length. */
const CROSSING = 10
/** An activity that does not lie between start and end: reading begins at the top. */
const OUTSIDE = 60

/** How hard a layout is to read: the mean length of its flows, each as often as it is taken, and its crossings. Less is better. */
export function layoutCost({ flows, nodes, start, end }: Layout): number {
  let [length, weight, crossings] = [0, 0, 0]
  const lines = flows.map(({ points }) => points.slice(1).map((to, i) => [points[i] as Point, to] as const))
  for (const [i, line] of lines.entries()) {
    const { count } = (flows[i] as (typeof flows)[number]).flow
    weight += count
    for (const [from, to] of line) length += count * Math.hypot(to.x - from.x, to.y - from.y)
    for (const other of lines.slice(i + 1)) for (const a of line) for (const b of other) if (cross(a, b)) crossings++
  }
  const outside = nodes.filter(({ y, height }) => y - height / 2 < start.y || y + height / 2 > end.y).length
  return length / Math.max(1, weight) + CROSSING * crossings + OUTSIDE * outside
}

type Segment = readonly [Point, Point]

const cross = ([a, b]: Segment, [c, d]: Segment): boolean => left(a, c, d) !== left(b, c, d) && left(a, b, c) !== left(a, b, d)

const left = (a: Point, b: Point, c: Point): boolean => (c.y - a.y) * (b.x - a.x) > (b.y - a.y) * (c.x - a.x)
