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

const COUNTED = ['messages', 'notifications', 'updates', 'deletes', 'duplicates', 'malformed'] as const

/** What was counted over several streams. */
export type StreamTotals = Record<(typeof COUNTED)[number], number>

/** All streams of a collector. */
export class StatusBoard {
  readonly #streams = new Map<string, StreamStatus>()
  /** The last sync epoch of each target. */
  readonly #epochs = new Map<string, number>()
  /** Of streams that are not here any more. */
  readonly #gone: StreamTotals = { messages: 0, notifications: 0, updates: 0, deletes: 0, duplicates: 0, malformed: 0 }

  /** The stream's status, made when it is first asked for. */
  of(target: string, subscription: string): StreamStatus {
    const key = JSON.stringify([target, subscription])
    const status = this.#streams.get(key) ?? new StreamStatus(target, subscription)
    this.#streams.set(key, status)
    return status
  }

  /**
   * The sync epoch of a stream that begins: greater than any before, also after a restart, and no other stream of the target has it, since
   * the ids of records count from 1 in each. ms since the epoch, or the next number where several fall into one.
   */
  nextEpoch(target: string, now: number): number {
    const epoch = Math.max((this.#epochs.get(target) ?? 0) + 1, now)
    this.#epochs.set(target, epoch)
    return epoch
  }

  /** The target has these subscriptions now, and no others. */
  keep(target: string, subscriptions: ReadonlySet<string>): void {
    for (const [key, status] of this.#streams) {
      if (status.target !== target || subscriptions.has(status.subscription)) continue
      this.#streams.delete(key)
      addTo(this.#gone, status)
    }
  }

  /** The target is gone for good. */
  forget(target: string): void {
    this.#epochs.delete(target)
    this.keep(target, new Set())
  }

  streams(): Iterable<StreamStatus> {
    return this.#streams.values()
  }

  /** Since the beginning, with what streams counted that are gone. */
  totals(): StreamTotals {
    const totals = { ...this.#gone }
    for (const status of this.#streams.values()) addTo(totals, status)
    return totals
  }
}

function addTo(totals: StreamTotals, status: StreamTotals): void {
  for (const name of COUNTED) totals[name] += status[name]
}
