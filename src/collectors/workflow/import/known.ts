import type { Bus } from '../../../bus/bus.ts'
import type { IdSet } from './id-set.ts'
import { IMPORT_SOURCE } from './identity.ts'

/**
 * The ids of what was imported and is still on the bus: what is there is not written again, however the import that wrote it ended.
 * @param topics that exist
 */
export async function readKnown(
  bus: Pick<Bus, 'read' | 'offsets'>,
  topics: readonly string[],
  ids: IdSet,
  signal: AbortSignal,
): Promise<void> {
  for (const topic of topics) {
    const partitions = (await bus.offsets(topic)).filter(({ earliest, latest }) => latest > earliest)
    if (partitions.length === 0) continue
    const ranges = partitions.map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
    for await (const batch of bus.read({ topic, partitions: ranges, signal, onDamage: () => {} })) {
      for (let i = 0; i < batch.count; i++) {
        let [id, ours] = ['', false]
        for (const [name, value] of batch.headers(i)) {
          if (name === 'ce_id') id = value.toString('latin1')
          else if (name === 'ce_source') ours = value.toString('latin1') === IMPORT_SOURCE
        }
        if (ours && id !== '') ids.add(id)
      }
    }
  }
}
