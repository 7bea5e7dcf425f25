import type { Metrics } from '../../../metrics.ts'
import type { SubscribePlan } from '../request/read-list.ts'
import type { Sampled, Sampler } from '../sampler.ts'
import type { Job, Ticker } from '../ticker.ts'
import { Outbox, type SubscribeResponse } from './outbox.ts'
import type { Rule } from './rule.ts'
import { type Rhythm, rulesOf } from './rules.ts'

export interface StreamOptions {
  plan: SubscribePlan
  sampler: Sampler
  ticker: Ticker
  rhythm: Rhythm
  metrics: Metrics
  write(response: SubscribeResponse): Promise<void>
}

/** One Subscribe RPC: its subscriptions, and what waits to be sent. */
export class Stream implements Job {
  readonly #options: StreamOptions
  readonly #rules: readonly Rule[]
  readonly #outbox: Outbox
  #ended = false

  constructor(options: StreamOptions) {
    const { plan, sampler, ticker, rhythm, metrics, write } = options
    this.#options = options
    this.#rules = plan.subscriptions.flatMap((one) => rulesOf(one, sampler, ticker.period, rhythm))
    this.#outbox = new Outbox({ target: plan.target, encoding: plan.encoding, write, metrics })
  }

  get mode(): SubscribePlan['mode'] {
    return this.#options.plan.mode
  }

  /** Leaves that wait for the client. */
  get waiting(): number {
    return this.#outbox.size
  }

  /** The state as it is and the sync_response; in mode STREAM what follows comes by itself. */
  async start(): Promise<void> {
    await this.#state()
    if (this.mode === 'STREAM' && !this.#ended) this.#options.ticker.add(this)
  }

  /** Answer a Poll: as at the start. */
  poll(): Promise<void> {
    return this.#state()
  }

  end(): void {
    this.#ended = true
    this.#options.ticker.remove(this)
  }

  get nextTick(): number {
    return Math.min(...this.#rules.map(({ nextTick }) => nextTick))
  }

  due(tick: number): Sampled[] {
    return this.#rules.filter(({ nextTick }) => nextTick <= tick).flatMap(({ sources }) => sources)
  }

  run(tick: number): void {
    for (const rule of this.#rules) rule.run(tick, this.#outbox)
    void this.#outbox.flush()
  }

  async #state(): Promise<void> {
    const { plan, sampler, ticker } = this.#options
    await sampler.refresh(
      this.#rules.flatMap(({ sources }) => sources),
      { whole: true },
    )
    if (this.#ended) return
    const now = ticker.now()
    for (const rule of this.#rules) rule.start(now, this.#outbox, { quiet: plan.updatesOnly })
    this.#outbox.sync()
    await this.#outbox.flush()
  }
}
