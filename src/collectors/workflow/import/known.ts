import type { Bus, TakenOver } from '../../../bus/bus.ts'
import { readStanding } from '../../../bus/ops/read-standing.ts'
import type { IdSet } from './id-set.ts'
import { IMPORT_SOURCE } from './identity.ts'

/**
 * The ids of what was imported and is still on the bus: what is there is not written again, however the import that wrote it ended.
 * @param taken of the topics that are written to
 */
export async function readKnown(
  bus: Pick<Bus, 'read'>,
  taken: Pick<TakenOver, 'standing'>,
  ids: IdSet,
  signal: AbortSignal,
): Promise<void> {
  for (const topic of taken.standing.keys()) {
    for await (const batch of readStanding(bus, topic, taken, signal)) {
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
