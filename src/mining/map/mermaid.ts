import type { ProcessMap } from './process-map.ts'
import { flowFigures, nodeFigures } from './words.ts'

/** The map as a Mermaid flowchart, for Markdown and wikis. Bottlenecks are red and thick, with their rank. */
export function toMermaid(map: ProcessMap, { title }: { title: string }): string {
  const ids = new Map(map.nodes.map(({ activity }, i) => [activity, `a${i}`]))
  const id = (end: string | null, outside: string) => (end === null ? outside : (ids.get(end) as string))
  const nodes = map.nodes.map((node) => `  ${ids.get(node.activity)}["${text(node.activity)}<br/>${text(nodeFigures(node))}"]`)
  const flows = map.flows.map((flow) => {
    const label = `${flow.bottleneck ? `${flow.bottleneck.rank}: ` : ''}${flowFigures(flow).join('<br/>')}`
    return `  ${id(flow.from, 'begin')} -->|"${label}"| ${id(flow.to, 'finish')}`
  })
  const red = map.flows.flatMap(({ bottleneck }, i) => (bottleneck ? [i] : []))
  return [
    '---',
    `title: ${JSON.stringify(title)}`,
    '---',
    'flowchart TD',
    '  begin(["start"])',
    '  finish(["end"])',
    ...nodes,
    ...flows,
    ...(red.length > 0 ? [`  linkStyle ${red.join(',')} stroke:#c0272d,stroke-width:4px,color:#c0272d`] : []),
    '',
  ].join('\n')
}

/** Text between quotes: what Mermaid or its HTML would read is written as an entity, whose `&` Mermaid writes as `#`. */
const text = (raw: string): string => raw.replace(/[\r\n]+/g, ' ').replace(/[#&<>"`\\[\]{}|]/g, (char) => `#${char.codePointAt(0)};`)
