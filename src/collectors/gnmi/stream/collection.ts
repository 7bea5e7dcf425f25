import type { ShitopsError } from '../../../base/errors.ts'
import { GnmiConnection } from '../client/connection.ts'
import { type Encodings, encodingFor } from '../client/encoding.ts'
import { type Failure, failureError, failureOf } from '../client/failure.ts'
import type { GnmiTarget, Subscription } from '../config.ts'
import type { StatusBoard, StreamStatus } from '../status.ts'
import { Backoff } from './backoff.ts'
import type { Gate } from './gate.ts'
import { lostFact, type StreamContext, type StreamEnd, SubscribeStream } from './session.ts'

export interface CollectionContext extends StreamContext {
  board: StatusBoard
  /** Connections under way at once. */
  gate: Gate
  random(): number
}

/** All that is collected from one target: a stream for each subscription, over one connection. */
export class TargetCollection {
  readonly #context: CollectionContext
  readonly #target: GnmiTarget
  readonly #connection: GnmiConnection
  readonly #encodings: Encodings = {}

  constructor(context: CollectionContext, target: GnmiTarget) {
    this.#context = context
    this.#target = target
    this.#connection = new GnmiConnection(target.connection)
  }

  /** Until the signal aborts; subscriptions of mode ONCE end by themselves. Returns what went wrong for good with those. */
  async run(signal: AbortSignal): Promise<ShitopsError[]> {
    const { subscriptions } = this.#target
    this.#context.board.keep(this.#target.name, new Set(subscriptions.map(({ name }) => name)))
    // Whoever still waits for the connection need not wait it out.
    const close = () => this.#connection.close()
    signal.addEventListener('abort', close, { once: true })
    try {
      const ends = await Promise.all(subscriptions.map((subscription) => this.#keep(subscription, signal)))
      return ends.flatMap((failure) => (failure ? [failureError(this.#connection.address, failure)] : []))
    } finally {
      signal.removeEventListener('abort', close)
      close()
    }
  }

  /** Stream after stream. One that fails disturbs no other. */
  async #keep(subscription: Subscription, signal: AbortSignal): Promise<Failure | undefined> {
    const { board, clock, random } = this.#context
    const status = board.of(this.#target.name, subscription.name)
    const backoff = new Backoff(random)
    while (!signal.aborted) {
      status.epoch = board.nextEpoch(status.target, clock.now())
      const end = await this.#attempt(subscription, status, signal)
      if (signal.aborted) return undefined
      if (end.failure) status.failed(end.failure.class)
      if (subscription.mode === 'once' || (subscription.mode === 'poll' && !end.failure)) return this.#complete(end)
      const wait = backoff.next(end.failure?.class, end.lived)
      this.#report(end, wait)
      await clock.sleep(wait, signal)
    }
    return undefined
  }

  async #attempt(subscription: Subscription, status: StreamStatus, signal: AbortSignal): Promise<StreamEnd> {
    try {
      const encoding = await this.#context.gate.pass(async () => {
        await this.#connection.connect()
        return encodingFor(this.#connection, subscription, this.#encodings, signal)
      })
      const end = await SubscribeStream.run(this.#context, this.#target, subscription, {
        connection: this.#connection,
        status,
        encoding,
        signal,
      })
      // What was chosen may have been the reason: the target is asked again.
      if (end.failure?.class === 'refused') this.#encodings.chosen = undefined
      return end
    } catch (error) {
      const failure = failureOf(error)
      if (!signal.aborted) this.#tellFailure(subscription, status, failure)
      return { failure, synced: false, lived: 0, messages: 0 }
    }
  }

  /** An attempt that came to no stream is told all the same. */
  #tellFailure(subscription: Subscription, status: StreamStatus, failure: Failure): void {
    const { clock, outlet } = this.#context
    const fact = lostFact(failure)
    status.detail = fact.detail ?? fact.kind
    outlet.open({ target: this.#target, subscription, epoch: status.epoch, address: this.#connection.address }).fact(fact, clock.now())
    this.#context.pump.flushSoon()
  }

  #complete({ failure, synced }: StreamEnd): Failure | undefined {
    if (!failure && !synced)
      this.#context.warn(`${this.#target.name}: the target ended without saying that it was complete (no sync_response)`)
    return failure
  }

  #report({ failure }: StreamEnd, wait: number): void {
    const what = failure ? failure.message : 'the target ended the stream'
    this.#context.warn(`${this.#target.name}: ${what}; next attempt in ${Math.max(1, Math.round(wait / 1000))} s`)
  }
}
