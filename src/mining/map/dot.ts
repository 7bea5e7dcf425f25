import type { ProcessMap } from './process-map.ts'
import { flowFigures, headline, nodeFigures } from './words.ts'

/** The map for Graphviz: `dot -Tpdf map.dot`. Frequency is the width of a line; bottlenecks are red, with their rank. */
export function toDot(map: ProcessMap, { title }: { title: string }): string {
  const ids = new Map(map.nodes.map(({ activity }, i) => [activity, `a${i}`]))
  const most = Math.max(1, ...map.flows.map(({ count }) => count))
  const id = (end: string | null, outside: string) => (end === null ? outside : (ids.get(end) as string))
  const nodes = map.nodes.map((node) => `  ${ids.get(node.activity)} [label=${quoted(`${node.activity}\n${nodeFigures(node)}`)}]`)
  const flows = map.flows.map((flow) => {
    const { bottleneck } = flow
    const width = (1 + 4 * Math.sqrt(flow.count / most)).toFixed(1)
    const label = `${bottleneck ? `#${bottleneck.rank}  ` : ''}${flowFigures(flow).join('\n')}`
    const color = bottleneck ? ', color="#c0272d", fontcolor="#c0272d"' : ''
    return `  ${id(flow.from, 'start')} -> ${id(flow.to, 'end')} [label=${quoted(label)}, penwidth=${width}, weight=${flow.count}${color}]`
  })
  return `digraph process {
  label=${quoted(`${title}\n${headline(map)}`)}
  labelloc=t
  fontname="Helvetica"
  node [shape=box, style="rounded,filled", fillcolor="#e4edf6", color="#5b7fa5", fontname="Helvetica"]
  edge [color="#8292a2", fontname="Helvetica", fontsize=10]
  start [shape=circle, label="", width=0.3, fillcolor="#2f8f5b"]
  end [shape=doublecircle, label="", width=0.25, fillcolor="#1f2933"]
${[...nodes, ...flows].join('\n')}
}
`
}

/** A quoted string of the DOT language. */
const quoted = (text: string): string => `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\r?\n/g, '\\n')}"`
