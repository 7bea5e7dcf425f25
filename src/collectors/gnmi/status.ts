import type { FailureClass } from './client/failure.ts'

/** What is known of one stream of one target, for the summary now and for /metrics. Times are ms since the epoch. */
export class StreamStatus {
  readonly target: string
  readonly subscription: string
  address = ''
  epoch = 0
  connected = false
  synced = false
  lastMessage = 0
  /** Messages received, of which so many were notifications with so many updates and deletes. */
  messages = 0
  notifications = 0
  updates = 0
  deletes = 0
  /** Samples that the target merged because we were slow. */
  duplicates = 0
  malformed = 0
  /** Received minus sent of the last notification, ms; the clocks of both count. */
  lag = 0
  /** Failures by class. */
  readonly errors = new Map<FailureClass | 'target', number>()
  /** What happened last, for people. */
  detail = ''

  constructor(target: string, subscription: string) {
    this.target = target
    this.subscription = subscription
  }

  failed(by: FailureClass | 'target'): void {
    this.errors.set(by, (this.errors.get(by) ?? 0) + 1)
  }
}

/** All streams of a collector. */
export class StatusBoard {
  readonly #streams = new Map<string, StreamStatus>()

  /** The stream's status, made when it is first asked for. */
  of(target: string, subscription: string): StreamStatus {
    const key = JSON.stringify([target, subscription])
    const status = this.#streams.get(key) ?? new StreamStatus(target, subscription)
    this.#streams.set(key, status)
    return status
  }

  forget(target: string): void {
    for (const [key, status] of this.#streams) if (status.target === target) this.#streams.delete(key)
  }

  streams(): Iterable<StreamStatus> {
    return this.#streams.values()
  }
}
