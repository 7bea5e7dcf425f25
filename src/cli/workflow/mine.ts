import { writeFile } from 'node:fs/promises'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import type { WorkflowEvent } from '../../events/event-types.ts'
import type { MinerOptions } from '../../mining/discover/miner-state.ts'
import type { ProcessModel } from '../../mining/discover/model.ts'
import { ProcessMiner } from '../../mining/discover/process-miner.ts'
import { report } from '../../mining/discover/report.ts'
import type { MapOptions } from '../../mining/map/process-map.ts'
import { inTimeOrder } from './bare-events.ts'
import { type SourceContext, type SourceCounts, workflowEvents } from './source.ts'
import type { SourceFlags } from './source-flags.ts'

export interface Mined {
  model: ProcessModel
  processes: string[]
  counts: SourceCounts
}

/** Reads events and mines them. Files are sorted by time; a topic is read in order of record time, which is event time, and need not be held. */
export async function mine(
  files: readonly string[],
  flags: SourceFlags,
  options: Partial<MinerOptions>,
  context: SourceContext,
): Promise<Mined> {
  const counts: SourceCounts = { events: 0, bad: 0 }
  const miner = new ProcessMiner(options)
  const processes = new Set<string>()
  const observe = (event: WorkflowEvent) => {
    if (event.process !== undefined) processes.add(event.process)
    miner.observe(event)
  }
  const placed = workflowEvents(files, flags, context, counts)
  if (files.length > 0) for (const { event } of await inTimeOrder(placed)) observe(event)
  else for await (const { event } of placed) observe(event)
  return { model: report(miner), processes: [...processes].sort(), counts }
}

export const PICTURES = ['svg', 'dot', 'mermaid'] as const
export type Pictures = Partial<Record<(typeof PICTURES)[number], string | undefined>>

/** Draws the map into each file that was asked for. SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED */
export async function drawPictures(model: ProcessModel, pictures: Pictures, options: MapOptions & { title: string }): Promise<string[]> {
  const wanted = PICTURES.flatMap((kind) => {
    const file = pictures[kind]
    return file === undefined ? [] : [{ kind, file }]
  })
  if (wanted.length === 0) return []
  const { mapOf } = await import('../../mining/map/process-map.ts')
  const map = mapOf(model, options)
  for (const { kind, file } of wanted) await write(file, (await drawerOf(kind))(map, options))
  return wanted.map(({ file }) => file)
}

async function drawerOf(kind: (typeof PICTURES)[number]) {
  switch (kind) {
    case 'svg':
      return (await import('../../mining/map/svg.ts')).toSvg
    case 'dot':
      return (await import('../../mining/map/dot.ts')).toDot
    case 'mermaid':
      return (await import('../../mining/map/mermaid.ts')).toMermaid
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new ShitopsError(
      isNotAllowed(cause) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
      `${file} cannot be written: ${messageOf(cause)}`,
      {
        cause,
        suggestions: ['--svg map.svg writes into the present folder'],
      },
    )
  }
}
