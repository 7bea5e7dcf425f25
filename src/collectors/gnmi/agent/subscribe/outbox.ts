import type { Metrics } from '../../../metrics.ts'
import type { PathMessage } from '../../path/path.ts'
import type { Leaf, LeafPath, Origin } from '../tree/leaf.ts'
import { type AgentEncoding, type TypedValue, typedValue } from '../tree/typed-value.ts'

interface Update {
  path: PathMessage
  val: TypedValue
  duplicates?: number
}

export interface SubscribeResponse {
  update?: {
    /** ns since the epoch */
    timestamp: string
    prefix: { origin: Origin; target?: string }
    update?: Update[]
    delete?: PathMessage[]
  }
  sync_response?: boolean
}

/** A leaf that waits to be sent, or a path whose absence does. */
interface Waiting {
  path: LeafPath
  /** ms since the epoch */
  time: number
  leaf?: Leaf
  /** Values that it stands for besides its own: the client was too slow for them. */
  duplicates: number
}

/** More updates than this are split over several notifications: a message stays far below what clients take (4 MiB). */
const MOST_UPDATES = 2_000

export interface OutboxOptions {
  /** `prefix.target`, echoed. */
  target: string
  encoding: AgentEncoding
  /** Resolves when the client's side has room again; rejects once the stream is over. */
  write(response: SubscribeResponse): Promise<void>
  /** Counts `notifications`, `updates`, `deletes`, `duplicates`. */
  metrics: Metrics
}

/**
 * What waits to be sent on one stream. A client that does not read leaves at most one value a leaf waiting here: a newer one takes its
 * place and counts in `duplicates` (gNMI 2.1).
 */
export class Outbox {
  readonly #options: OutboxOptions
  #waiting = new Map<string, Waiting>()
  #syncs = 0
  #sending: Promise<void> | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Leaves that wait. */
  get size(): number {
    return this.#waiting.size
  }

  /** @param time ms since the epoch: when it was read */
  update(leaf: Leaf, time: number): void {
    const before = this.#waiting.get(leaf.path.text)
    // Two subscriptions of the stream may want the same reading: that is one value.
    const replaced = before?.leaf && before.time !== time ? 1 : 0
    const duplicates = (before?.duplicates ?? 0) + replaced
    if (replaced) this.#options.metrics.add('duplicates')
    this.#waiting.set(leaf.path.text, { path: leaf.path, time, leaf, duplicates })
  }

  /** @param gone the leaves below the path: what waits of them is not sent any more */
  remove(path: LeafPath, gone: Iterable<LeafPath>, time: number): void {
    for (const { text } of gone) this.#waiting.delete(text)
    this.#waiting.set(path.text, { path, time, duplicates: 0 })
  }

  /** A sync_response behind what waits now. */
  sync(): void {
    this.#syncs++
  }

  /** Send what waits; resolves when all is written, or the stream is over. */
  flush(): Promise<void> {
    this.#sending ??= this.#send()
      .catch(() => this.#waiting.clear())
      .finally(() => {
        this.#sending = undefined
      })
    return this.#sending
  }

  async #send(): Promise<void> {
    while (this.#waiting.size > 0 || this.#syncs > 0) {
      const [batch, syncs] = [this.#waiting, this.#syncs]
      this.#waiting = new Map()
      this.#syncs = 0
      for (const response of this.#notifications(batch.values())) await this.#options.write(response)
      for (let i = 0; i < syncs; i++) await this.#options.write({ sync_response: true })
    }
  }

  /** One for each time of reading and origin, the oldest first. */
  #notifications(batch: Iterable<Waiting>): SubscribeResponse[] {
    const groups = new Map<string, Waiting[]>()
    for (const one of batch) {
      const group = `${one.time} ${one.path.origin}`
      const members = groups.get(group) ?? []
      groups.set(group, members)
      members.push(one)
    }
    return [...groups.values()].sort(([a], [b]) => (a?.time ?? 0) - (b?.time ?? 0)).flatMap((members) => this.#split(members))
  }

  #split(members: readonly Waiting[]): SubscribeResponse[] {
    const responses: SubscribeResponse[] = []
    for (let i = 0; i < members.length; i += MOST_UPDATES) responses.push(this.#notification(members.slice(i, i + MOST_UPDATES)))
    return responses
  }

  #notification(members: readonly Waiting[]): SubscribeResponse {
    const { target, encoding, metrics } = this.#options
    const deletes = members.filter(({ leaf }) => !leaf).map(({ path }) => path.message)
    const updates = members.flatMap(({ leaf, duplicates }): Update[] =>
      leaf ? [{ path: leaf.path.message, val: typedValue(leaf.value, encoding), ...(duplicates > 0 && { duplicates }) }] : [],
    )
    metrics.add('notifications')
    metrics.add('updates', updates.length)
    metrics.add('deletes', deletes.length)
    return {
      update: {
        timestamp: nanoseconds(members[0]?.time ?? 0),
        prefix: { origin: members[0]?.path.origin ?? 'openconfig', ...(target && { target }) },
        ...(updates.length > 0 && { update: updates }),
        ...(deletes.length > 0 && { delete: deletes }),
      },
    }
  }
}

/** @param ms since the epoch */
export const nanoseconds = (ms: number) => (BigInt(Math.round(ms)) * 1_000_000n).toString()
