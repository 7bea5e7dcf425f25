import type { Clock } from '../../../base/clock.ts'
import type { Sampled, Sampler } from './sampler.ts'

/** Something that wants to look at the machine now and then. */
export interface Job {
  /** The tick that it waits for. */
  readonly nextTick: number
  /** What must have been read before it runs at this tick. */
  due(tick: number): Iterable<Sampled>
  run(tick: number): void
}

/**
 * One beat for all streams: at each tick the sources of all jobs that are due are read once, and then the jobs run. Ticks that nobody
 * waits for are slept through, and without jobs nothing runs at all.
 */
export class Ticker {
  readonly #clock: Clock
  readonly #sampler: Sampler
  readonly #jobs = new Set<Job>()
  /** ms */
  readonly period: number
  #tick = 0
  /** ms since the epoch of the tick */
  #at: number
  #wake = () => {}
  #running: Promise<void> | undefined

  /** @param period ms between two ticks: the shortest interval that there is */
  constructor(clock: Clock, sampler: Sampler, period: number) {
    this.#clock = clock
    this.#sampler = sampler
    this.period = period
    this.#at = clock.now()
  }

  /** The time in ticks, with a fraction. */
  now(): number {
    this.#catchUp()
    return this.#tick + Math.max(0, this.#clock.now() - this.#at) / this.period
  }

  add(job: Job): void {
    this.#jobs.add(job)
    this.#wake()
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  remove(job: Job): void {
    if (this.#jobs.delete(job)) this.#wake()
  }

  async #run(): Promise<void> {
    while (this.#jobs.size > 0) {
      await this.#sleepUntil(Math.min(...[...this.#jobs].map(({ nextTick }) => nextTick)))
      this.#catchUp()
      const due = [...this.#jobs].filter(({ nextTick }) => nextTick <= this.#tick)
      if (due.length === 0) continue
      const tick = this.#tick
      await this.#sampler.refresh(due.flatMap((job) => [...job.due(tick)]))
      for (const job of due) if (this.#jobs.has(job)) job.run(tick)
    }
  }

  async #sleepUntil(tick: number): Promise<void> {
    const wait = this.#at + (tick - this.#tick) * this.period - this.#clock.now()
    if (wait <= 0) return
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await this.#clock.sleep(Math.min(wait, LONGEST_SLEEP), woken.signal)
  }

  /** Timers may be a little early; after a clock was set back, time begins anew. */
  #catchUp(): void {
    const passed = this.#clock.now() - this.#at
    if (passed < 0) {
      this.#at = this.#clock.now()
      return
    }
    const ticks = Math.floor((passed + EARLY) / this.period)
    this.#tick += ticks
    this.#at += ticks * this.period
  }
}

/** ms */
const EARLY = 2
/** ms: a timer of more than 2^31 would end at once. */
const LONGEST_SLEEP = 3_600_000
