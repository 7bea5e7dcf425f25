import { plural } from '../../base/plural.ts'
import type { Bottleneck } from '../discover/model.ts'
import { FONT, type Layout, layOut, type PlacedFlow, type PlacedNode, type Point } from './layout.ts'
import type { ProcessMap } from './process-map.ts'
import { pixels, textWidth, wrap, xml } from './text.ts'
import { coverage, headline, percent, time } from './words.ts'

const FAMILY = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif'
const MARGIN = 32
const INK = '#1f2933'
const FAINT = '#52606d'
const LINE = '#8292a2'
const RED = '#c0272d'
const MIN_WIDTH = 640
const TITLE = 20
const LEGEND_LINE = 18

export interface SvgOptions {
  title: string
}

/**
 * The map as an SVG document that stands alone: no script, no font, nothing to load. Frequency is the shade of an activity and the width of a flow;
 * bottlenecks are red and numbered, and told in words below.
 */
export function toSvg(map: ProcessMap, { title }: SvgOptions): string {
  const placed = layOut(map)
  const width = Math.ceil(Math.max(MIN_WIDTH, placed.width, 0)) + 2 * MARGIN
  const inner = width - 2 * MARGIN
  const head = headOf(map, title, inner)
  const legend = legendOf(map, inner)
  const top = MARGIN + head.height
  const left = (width - placed.width) / 2
  const bottom = top + placed.height + 28
  const height = Math.ceil(bottom + legend.length * LEGEND_LINE + MARGIN)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${xml(FAMILY)}" role="img">`,
    `<title>${xml(title)}</title>`,
    `<desc>${xml(`${headline(map)}. ${coverage(map)}`)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    head.svg,
    `<g transform="translate(${px(left)} ${px(top)})">`,
    ...drawing(placed),
    '</g>',
    ...legend.map(({ text, color, bold, indent = 0 }, i) => {
      const y = bottom + (i + 1) * LEGEND_LINE
      return `<text x="${MARGIN + indent}" y="${px(y)}" font-size="12" fill="${color}"${bold ? ' font-weight="bold"' : ''}>${xml(text)}</text>`
    }),
    '</svg>',
    '',
  ].join('\n')
}

function headOf(map: ProcessMap, title: string, inner: number): { svg: string; height: number } {
  const titles = wrap(title, pixels(inner, TITLE, true), 2)
  const below = MARGIN + 14 + titles.length * 24
  const lines = wrap(headline(map), pixels(inner, 12.5), 3)
  const heading = titles.map((line, i) => {
    return `<text x="${MARGIN}" y="${MARGIN + 14 + i * 24}" font-size="${TITLE}" font-weight="bold" fill="${INK}">${xml(line)}</text>`
  })
  const text = lines.map((line, i) => `<text x="${MARGIN}" y="${below + i * 17}" font-size="12.5" fill="${FAINT}">${xml(line)}</text>`)
  return { svg: [...heading, ...text].join('\n'), height: below - MARGIN + lines.length * 17 + 16 }
}

/** Bottlenecks that the legend tells in words. */
const TOLD = 5

function legendOf(map: ProcessMap, inner: number): Array<{ text: string; color: string; bold?: boolean; indent?: number }> {
  const { bottlenecks } = map.model
  const told = bottlenecks.slice(0, TOLD).flatMap((bottleneck) => {
    const [first = '', ...others] = wrap(legendLine(bottleneck), pixels(inner - 16, 12), 3)
    return [{ text: first, color: INK }, ...others.map((text) => ({ text, color: INK, indent: 16 }))]
  })
  const notes =
    'Shade of an activity and width of a line: how often. At a line: how often, and the median time from one step done to the next (red: the 90th percentile, too). ' +
    `${coverage(map)}`
  return [
    ...(told.length > 0 ? [{ text: 'Where the time goes', color: RED, bold: true }, ...told, { text: '', color: INK }] : []),
    ...wrap(notes, pixels(inner, 12), 4).map((text) => ({ text, color: FAINT })),
  ]
}

const legendLine = ({ rank, from, to, count: n, time_share, p50_s, p90_s }: Bottleneck): string =>
  `${rank}.  ${from} → ${to}: ${percent(time_share)} of all time; ${plural(n, 'time')}, half of them ${time(p50_s)} or more, one in ten ${time(p90_s)} or more`

function drawing({ nodes, flows, start, end }: Layout): string[] {
  const mostFlow = Math.max(1, ...flows.map(({ flow }) => flow.count))
  const mostSteps = Math.max(1, ...nodes.map(({ activity }) => activity.steps))
  // Bottlenecks are drawn last, over the others; labels over all lines.
  const ordered = [...flows].sort(
    (a, b) => Number(a.flow.bottleneck !== null) - Number(b.flow.bottleneck !== null) || a.flow.count - b.flow.count,
  )
  return [
    ...ordered.map((flow) => line(flow, mostFlow)),
    `<circle cx="${px(start.x)}" cy="${px(start.y)}" r="13" fill="#2f8f5b"/>`,
    `<path d="M${px(start.x - 4)} ${px(start.y - 6)}L${px(start.x + 7)} ${px(start.y)}L${px(start.x - 4)} ${px(start.y + 6)}Z" fill="#fff"/>`,
    `<circle cx="${px(end.x)}" cy="${px(end.y)}" r="13" fill="#fff" stroke="${INK}" stroke-width="2.5"/>`,
    `<rect x="${px(end.x - 5)}" y="${px(end.y - 5)}" width="10" height="10" rx="1.5" fill="${INK}"/>`,
    ...nodes.map((node) => box(node, mostSteps)),
    ...ordered.map(label),
  ]
}

function box({ activity, name, figures, x, y, width, height }: PlacedNode, most: number): string {
  const share = Math.sqrt(activity.steps / most)
  const fill = mix('#f3f7fb', '#1d5b99', share)
  const ink = share > 0.55 ? '#ffffff' : INK
  const top = y - height / 2
  const lines = name.map(
    (text, i) =>
      `<text x="${px(x)}" y="${px(top + 22 + i * (FONT.name + 4))}" font-size="${FONT.name}" font-weight="bold" text-anchor="middle" fill="${ink}">${xml(text)}</text>`,
  )
  return [
    `<g><title>${xml(`${activity.activity}: ${plural(activity.steps, 'step')} in ${plural(activity.cases, 'case')}`)}</title>`,
    `<rect x="${px(x - width / 2)}" y="${px(top)}" width="${px(width)}" height="${px(height)}" rx="7" fill="${fill}" stroke="${mix('#9fb3c8', '#123f6d', share)}"/>`,
    ...lines,
    `<text x="${px(x)}" y="${px(y + height / 2 - 10)}" font-size="${FONT.figures}" text-anchor="middle" fill="${ink}">${xml(figures)}</text></g>`,
  ].join('')
}

function line({ flow, points }: PlacedFlow, most: number): string {
  const width = 1.2 + 5.8 * Math.sqrt(flow.count / most)
  const color = flow.bottleneck ? RED : LINE
  const size = 7 + width * 0.9
  const { path, tip, angle } = curve(points, size)
  const { from, to } = flow
  return [
    `<g><title>${xml(`${from ?? 'start'} → ${to ?? 'end'}: ${plural(flow.count, 'time')}`)}</title>`,
    `<path d="${path}" fill="none" stroke="${color}" stroke-width="${px(width)}"${flow.bottleneck ? '' : ' stroke-opacity="0.8"'}/>`,
    `<path d="M0 0L${px(-size - 2)} ${px(size * 0.55)}L${px(-size - 2)} ${px(-size * 0.55)}Z" fill="${color}" transform="translate(${px(tip.x)} ${px(tip.y)}) rotate(${px(angle)})"/></g>`,
  ].join('')
}

function label({ flow, label: { x, y, width, height }, lines }: PlacedFlow): string {
  const { bottleneck } = flow
  const [color, bold] = bottleneck ? [RED, ' font-weight="bold"'] : [INK, '']
  const left = x - width / 2
  const top = y - height / 2
  const text = left + (bottleneck ? 22 : 2)
  const texts = lines.map((line, i) => {
    const down = top + FONT.flow + i * (FONT.flow + 3)
    return `<text x="${px(text)}" y="${px(down)}" font-size="${FONT.flow}" fill="${color}"${bold}>${xml(line)}</text>`
  })
  const wide = Math.max(...lines.map((line) => textWidth(line, FONT.flow, bottleneck !== null))) + 4
  const ground = `<rect x="${px(text - 2)}" y="${px(top - 1)}" width="${px(wide)}" height="${px(height)}" rx="3" fill="#fff" fill-opacity="0.8"/>`
  return `${ground}${texts.join('')}${bottleneck ? badge(left + 9, y - 2, bottleneck.rank) : ''}`
}

const badge = (x: number, y: number, rank: number): string =>
  `<circle cx="${px(x)}" cy="${px(y)}" r="9" fill="${RED}"/>` +
  `<text x="${px(x)}" y="${px(y + 4.2)}" font-size="11.5" font-weight="bold" text-anchor="middle" fill="#fff">${rank}</text>`

/** A smooth line through all points, monotone from layer to layer, that ends where the arrow's head begins. */
function curve(points: readonly Point[], head: number): { path: string; tip: Point; angle: number } {
  const tip = points.at(-1) ?? { x: 0, y: 0 }
  const before = points.at(-2) ?? tip
  const [dx, dy] = [tip.x - before.x, tip.y - before.y]
  // Heads stand upright enough to be seen as pointing into the node, whatever way the line comes.
  const angle = (Math.atan2(dy * 2, dx) * 180) / Math.PI
  const radians = (angle * Math.PI) / 180
  const neck = { x: tip.x - Math.cos(radians) * head, y: tip.y - Math.sin(radians) * head }
  const through = [...points.slice(0, -1), neck]
  const [first = tip, ...others] = through
  let path = `M${px(first.x)} ${px(first.y)}`
  let last = first
  for (const [i, next] of others.entries()) {
    const reach = (next.y - last.y) / 2
    const leave = slope(through, i)
    const arrive = i === others.length - 1 ? Math.cos(radians) / (Math.sin(radians) || 1) : slope(through, i + 1)
    path += `C${px(last.x + leave * reach)} ${px(last.y + reach)} ${px(next.x - arrive * reach)} ${px(next.y - reach)} ${px(next.x)} ${px(next.y)}`
    last = next
  }
  return { path, tip, angle }
}

/** dx/dy of the line at point `i`: 0 where it turns, so that it never overshoots (Fritsch, Carlson). */
function slope(points: readonly Point[], i: number): number {
  const [a, b, c] = [points[i - 1], points[i], points[i + 1]]
  if (!b || (!a && !c)) return 0
  const rise = (p: Point, q: Point) => (q.y === p.y ? 0 : (q.x - p.x) / (q.y - p.y))
  if (!a) return c ? rise(b, c) : 0
  if (!c) return rise(a, b)
  const [before, after] = [rise(a, b), rise(b, c)]
  return before * after <= 0 ? 0 : (2 * before * after) / (before + after)
}

/** A colour between two, `#rrggbb`. */
function mix(from: string, to: string, share: number): string {
  const part = (color: string, i: number) => Number.parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16)
  const channel = (i: number) => Math.round(part(from, i) + (part(to, i) - part(from, i)) * share)
  return `#${[0, 1, 2].map((i) => channel(i).toString(16).padStart(2, '0')).join('')}`
}

const px = (n: number): string => String(Math.round(n * 10) / 10)
