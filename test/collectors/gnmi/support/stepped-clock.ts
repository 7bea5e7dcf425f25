import { type Clock, systemClock } from '../../../../src/base/clock.ts'
import { until } from './until.ts'

/** Time that a test moves: whoever sleeps does so until the test lets them go. */
export class SteppedClock implements Clock {
  #sleepers: Array<() => void> = []

  now = () => systemClock.now()

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      signal?.addEventListener('abort', () => resolve(), { once: true })
      this.#sleepers.push(resolve)
    })
  }

  /** Resolves when somebody sleeps. */
  async asleep(): Promise<void> {
    await until(() => this.#sleepers.length > 0)
  }

  /** Waits for somebody to sleep, and wakes them. */
  async step(): Promise<void> {
    await this.asleep()
    for (const wake of this.#sleepers.splice(0)) wake()
  }
}
