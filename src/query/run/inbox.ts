import type { Clock } from '../../base/clock.ts'
import type { RecordBatch } from '../../bus/bus.ts'

/** So many batches wait at most. */
const ROOM = 4

/** Batches on their way from the readers to the query: at most a few at a time, so that a slow query slows the reading. */
export class Inbox {
  readonly #batches: RecordBatch[] = []
  readonly #heard = new Map<string, number>()
  /** How many batches of a partition are here or at the door. */
  readonly #waiting = new Map<string, number>()
  readonly #clock: Clock
  readonly #since: number
  readonly #signal: AbortSignal
  #wake: (() => void) | undefined
  #room: Array<() => void> = []
  #ended = false
  #failure: { error: unknown } | undefined

  constructor(signal: AbortSignal, clock: Clock) {
    this.#signal = signal
    this.#clock = clock
    this.#since = clock.now()
    signal.addEventListener('abort', () => this.end(), { once: true })
  }

  get empty(): boolean {
    return this.#batches.length === 0
  }

  /** When a partition was last heard of, ms; now, while something of it waits. */
  heard(partition: string): number {
    return this.#waiting.get(partition) ? this.#clock.now() : (this.#heard.get(partition) ?? this.#since)
  }

  /** Something is known of a partition: its quiet time begins anew. */
  hear(partition: string): void {
    this.#heard.set(partition, this.#clock.now())
  }

  async push(batch: RecordBatch): Promise<void> {
    this.#wait(batch, 1)
    while (this.#batches.length >= ROOM && !this.#signal.aborted) await new Promise<void>((resolve) => this.#room.push(resolve))
    this.#batches.push(batch)
    this.#wake?.()
  }

  /** The batch was taken in. */
  done(batch: RecordBatch): void {
    this.#wait(batch, -1)
    for (const go of this.#room.splice(0)) go()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
    for (const go of this.#room.splice(0)) go()
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.end()
  }

  /** The next batch, or what there is instead after `timeout` ms. */
  async next(timeout: number): Promise<RecordBatch | 'ended' | 'timeout'> {
    for (let waited = false; ; waited = true) {
      if (this.#failure) throw this.#failure.error
      if (this.#signal.aborted) return 'ended'
      const batch = this.#batches.shift()
      if (batch) return batch
      if (this.#ended) return 'ended'
      if (waited) return 'timeout'
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#wake = undefined
    }
  }

  #wait({ topic, partition }: RecordBatch, more: number): void {
    const key = `${topic}/${partition}`
    this.#waiting.set(key, (this.#waiting.get(key) ?? 0) + more)
    this.hear(key)
  }
}
