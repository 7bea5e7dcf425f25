import type { LibrenmsConfig } from '../../../src/collectors/librenms/config.ts'
import { HandClock } from '../../support/hand-clock.ts'
import type { RecordingSink } from '../compliance.ts'

/** Time that passes when it is told to; it is known when all rest. */
export class StepClock extends HandClock {
  /** Resolves when so many sleep at once, or when the signal aborts. */
  async resting(count: number, signal: AbortSignal): Promise<void> {
    while (this.sleeping < count && !signal.aborted) await new Promise(setImmediate)
  }
}

/** A bus of topics that are empty whenever they are read, beside one that remembers. The sync's own state stays out of what it remembers. */
export function withReading(sink: RecordingSink): LibrenmsConfig['bus'] {
  return {
    append: (topic, records) => sink.append(topic, records),
    transact: async ({ appends }) => {
      for (const { topic, records } of appends) if (topic !== 'librenms_state') await sink.append(topic, records)
      return []
    },
    takeOver: async () => ({ standing: new Map(), commits: [] }),
    offsets: async (topic) => (topic === 'librenms_doorbell' ? [] : [{ partition: 0, earliest: 0, latest: 0, leader: null }]) as never,
    read: async function* () {},
  }
}
