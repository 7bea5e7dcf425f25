import type { ServerDuplexStream } from '@grpc/grpc-js'
import { type Elem, type Leaf, nanoseconds } from '../openconfig.ts'
import { covers, type SubscribeRequest, type SubscribeResponse, type SubscriptionList, typed } from './wire.ts'

export type SubscribeCall = ServerDuplexStream<SubscribeRequest, SubscribeResponse>

interface Sampled {
  path: readonly Elem[]
  /** ms of office time; 0 samples at every step. */
  interval: number
  /** ms since the epoch of the last sample */
  last: number
}

/** One Subscribe RPC of one target in STREAM mode: sends what is due, and says when the client has taken it. */
export class Subscriber {
  readonly target: string
  readonly #call: SubscribeCall
  readonly #subscriptions: Sampled[]

  constructor(call: SubscribeCall, target: string, list: SubscriptionList) {
    this.target = target
    this.#call = call
    this.#subscriptions = (list.subscription ?? []).map(({ path, sample_interval }) => ({
      path: [...(list.prefix?.elem ?? []), ...(path?.elem ?? [])],
      interval: Number(BigInt(sample_interval ?? '0') / 1_000_000n),
      last: Number.NEGATIVE_INFINITY,
    }))
  }

  /** The initial state, then the sync_response. Resolves to the number of notifications. */
  async start(time: number, leaves: readonly Leaf[]): Promise<number> {
    const sent = await this.sample(time, leaves)
    await this.#write({ sync_response: true })
    return sent
  }

  /** Send the subscriptions that are due at `time` (ms since the epoch): one notification each. Resolves to how many. */
  async sample(time: number, leaves: readonly Leaf[]): Promise<number> {
    let sent = 0
    for (const subscription of this.#subscriptions) {
      if (time - subscription.last < subscription.interval) continue
      subscription.last = time
      const update = leaves
        .filter(({ path }) => covers(subscription.path, path))
        .map(({ path, value }) => ({ path: { elem: [...path] }, val: typed(value) }))
      if (update.length === 0) continue
      const prefix = { origin: 'openconfig', target: this.target }
      await this.#write({ update: { timestamp: nanoseconds(time).toString(), prefix, update } })
      sent++
    }
    return sent
  }

  end(): void {
    this.#call.end()
  }

  /** A client that does not read slows its own stream: wait for it, or for its end. */
  async #write(response: SubscribeResponse): Promise<void> {
    if (this.#call.cancelled || this.#call.write(response)) return
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#call.off('drain', done).off('cancelled', done).off('close', done)
        resolve()
      }
      this.#call.on('drain', done).on('cancelled', done).on('close', done)
    })
  }
}
