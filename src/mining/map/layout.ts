import { Graph, layout } from '@dagrejs/dagre'
import type { ActivityModel } from '../discover/model.ts'
import { layoutCost } from './layout-cost.ts'
import type { MapFlow, ProcessMap } from './process-map.ts'
import { pixels, textWidth, wrap } from './text.ts'
import { flowFigures, nodeFigures } from './words.ts'

export interface Point {
  x: number
  y: number
}

export interface Box extends Point {
  width: number
  height: number
}

/** `x`, `y` are the middle; px. */
export interface PlacedNode extends Box {
  activity: ActivityModel
  name: string[]
  figures: string
}

export interface PlacedFlow {
  flow: MapFlow
  /** Where it goes through, from the edge of one node to that of the next. */
  points: Point[]
  label: Box
  lines: string[]
}

export interface Layout {
  width: number
  height: number
  nodes: PlacedNode[]
  flows: PlacedFlow[]
  start: Box
  end: Box
}

export const FONT = { name: 14, figures: 11.5, flow: 11.5 }
/** Names wider than this, px, are broken into lines. */
const NAME_WIDTH = 215
const MARK = 30
/** From a line to its label. */
const LABEL_OFFSET = 7
const START = ' start'
const END = ' end'

/** Ways to do it, of which now one and now another is better to read. */
const WAYS = (['network-simplex', 'longest-path'] as const).flatMap((ranker) =>
  ([undefined, 'greedy'] as const).flatMap((acyclicer) => [9, 50].map((straight) => ({ ranker, acyclicer, straight }))),
)
type Way = (typeof WAYS)[number]
/** Beyond so many flows one way has to do. */
const TRIED_FLOWS = 150

/** Where everything goes, by Sugiyama's method: layers from top to bottom, few crossings, labels with a place of their own; the best of some ways. */
export function layOut(map: ProcessMap): Layout {
  const [first, ...others] = (map.flows.length > TRIED_FLOWS ? WAYS.slice(0, 1) : WAYS).map((way) => attempt(map, way))
  let best = first as Layout
  for (const other of others) if (layoutCost(other) < layoutCost(best)) best = other
  return best
}

function attempt(map: ProcessMap, { ranker, acyclicer, straight }: Way): Layout {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ ranker, ...(acyclicer && { acyclicer }), rankdir: 'TB', nodesep: 36, edgesep: 18, ranksep: 34, marginx: 0, marginy: 0 })
  const nodes = map.nodes.map((activity) => sized(activity))
  graph.setNode(START, { width: MARK, height: MARK })
  graph.setNode(END, { width: MARK, height: MARK })
  // A letter before the name: an activity may be called as the marks are.
  for (const { activity, width, height } of nodes) graph.setNode(`a${activity.activity}`, { width, height })
  const most = Math.max(1, ...map.flows.map(({ count }) => count))
  for (const flow of map.flows) {
    const lines = flowFigures(flow)
    const width = Math.max(...lines.map((line) => textWidth(line, FONT.flow, flow.bottleneck !== null))) + (flow.bottleneck ? 26 : 6)
    const height = lines.length * (FONT.flow + 3) + 4
    // The frequent ways are drawn straight.
    const weight = 1 + Math.round((straight * flow.count) / most)
    graph.setEdge(...endsOf(flow), { width, height, labelpos: 'r', labeloffset: LABEL_OFFSET, weight, minlen: 1 })
  }
  layout(graph)
  const box = (name: string): Box => {
    const { x = 0, y = 0, width, height } = graph.node(name)
    return { x, y, width, height }
  }
  const placed = nodes.map((node) => ({ ...node, ...box(`a${node.activity.activity}`) }))
  const flows = map.flows.map((flow) => {
    const { points = [], x = 0, y = 0, width = 0, height = 0 } = graph.edge(...endsOf(flow))
    return {
      flow,
      points: points.map((point: Point) => ({ x: point.x, y: point.y })),
      label: { x, y, width, height },
      lines: flowFigures(flow),
    }
  })
  const { width = 0, height = 0 } = graph.graph()
  return { width, height, nodes: placed, flows, start: box(START), end: box(END) }
}

const endsOf = ({ from, to }: MapFlow): [string, string] => [from === null ? START : `a${from}`, to === null ? END : `a${to}`]

function sized(activity: ActivityModel): Omit<PlacedNode, 'x' | 'y'> {
  const name = wrap(activity.activity, pixels(NAME_WIDTH, FONT.name, true), 3)
  const figures = nodeFigures(activity)
  const width = Math.max(110, textWidth(figures, FONT.figures), ...name.map((line) => textWidth(line, FONT.name, true))) + 24
  return { activity, name, figures, width, height: name.length * (FONT.name + 4) + FONT.figures + 22 }
}
