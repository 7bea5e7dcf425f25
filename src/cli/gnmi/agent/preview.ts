import type { Clock } from '../../../base/clock.ts'
import { silentLogger } from '../../../base/log.ts'
import { Sampler } from '../../../collectors/gnmi/agent/sampler.ts'
import type { Source } from '../../../collectors/gnmi/agent/sources/source.ts'
import { ORIGINS } from '../../../collectors/gnmi/agent/tree/leaf.ts'
import { Pattern } from '../../../collectors/gnmi/agent/tree/pattern.ts'
import { Counters } from '../../../collectors/metrics.ts'
import { formatTable } from '../../table.ts'

export interface PreviewLeaf {
  path: string
  value: string | number | boolean
}

/** Every leaf that the machine would serve, read once; integers of 64 bits as text. */
export async function preview(sources: readonly Source[], clock: Clock): Promise<PreviewLeaf[]> {
  const sampler = new Sampler(sources, { clock, metrics: new Counters(), logger: silentLogger })
  const all = ORIGINS.flatMap((origin) => sampler.behind(new Pattern(origin, [])))
  await sampler.refresh(all, { whole: true })
  return [...new Set(all)].flatMap(({ reading }) =>
    (reading?.leaves ?? []).map(({ path, value }) => ({ path: path.text, value: typeof value === 'bigint' ? `${value}` : value })),
  )
}

/** One line a leaf. */
export function previewText(leaves: readonly PreviewLeaf[]): string {
  const columns = [
    { name: 'path', value: ({ path }: PreviewLeaf) => path },
    { name: 'value', value: ({ value }: PreviewLeaf) => value },
  ]
  return `${formatTable(leaves, columns, { header: false })}\n`
}
