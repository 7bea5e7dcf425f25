import type { Clock } from '../../../src/base/clock.ts'
import type { LibrenmsConfig } from '../../../src/collectors/librenms/config.ts'
import type { RecordingSink } from '../compliance.ts'

/** Time that passes when it is told to; who sleeps is known, and so is when all rest. */
export class StepClock implements Clock {
  #now: number
  readonly #sleepers = new Set<{ due: number; wake: () => void }>()

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = {
        due: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          signal?.removeEventListener('abort', sleeper.wake)
          resolve()
        },
      }
      if (signal?.aborted) return resolve()
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake)
    })
  }

  advance(ms: number): void {
    this.#now += ms
    for (const { due, wake } of [...this.#sleepers]) if (due <= this.#now) wake()
  }

  /** Resolves when so many sleep at once, or when the signal aborts. */
  async resting(count: number, signal: AbortSignal): Promise<void> {
    while (this.#sleepers.size < count && !signal.aborted) await new Promise(setImmediate)
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
    offsets: async (topic) => (topic === 'librenms_doorbell' ? [] : [{ partition: 0, earliest: 0, latest: 0, leader: null }]) as never,
    read: async function* () {},
  }
}
