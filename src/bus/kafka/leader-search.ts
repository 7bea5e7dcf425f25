import { messageOf } from '../../base/errors.ts'
import type { Cluster } from './cluster.ts'
import { CODE } from './codes.ts'
import { BrokerRefusal, mayPass } from './failures.ts'
import type { PartitionCursor } from './partition-cursor.ts'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000
const REMINDER_MS = 30_000

/** Looks for the leaders of partitions that lost theirs. They are elected within seconds: it asks again, ever more slowly. */
export class LeaderSearch {
  readonly #cluster: Cluster
  /** Trouble is waited out, not given up on. */
  readonly #patient: boolean
  #pauseMs = FIRST_PAUSE_MS
  #remindedAt = 0
  /** What the leaders themselves said, where they are known. */
  #failure: unknown

  constructor(cluster: Cluster, { patient }: { patient: boolean }) {
    this.#cluster = cluster
    this.#patient = patient
  }

  /** Records came in: the next search begins with short pauses. */
  success(): void {
    this.#pauseMs = FIRST_PAUSE_MS
    this.#failure = undefined
  }

  /** A leader could not be read: the reason to give, should the search find nothing amiss. */
  failed(error: unknown): void {
    this.#failure = error
  }

  /** Pauses, then reads the topics' leaders into the cluster's map. Rejects when a topic is gone, or with the trouble after the delivery timeout. */
  async again(homeless: readonly PartitionCursor[], signal: AbortSignal): Promise<void> {
    const { clock, settings } = this.#cluster.context
    await clock.sleep(this.#pauseMs, signal)
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS)
    if (signal.aborted) return
    this.#cluster.askElsewhere()
    for (const cursor of homeless) cursor.stuckSince ??= clock.now()
    const stuckMs = clock.now() - Math.min(...homeless.map((cursor) => cursor.stuckSince ?? clock.now()))
    const trouble = await this.#ask(homeless)
    if (stuckMs > settings.deliveryTimeout && !this.#patient) throw trouble
    if (stuckMs > REMINDER_MS) this.#remind(stuckMs, trouble)
  }

  /** What keeps them from being read, as far as is known. */
  async #ask(homeless: readonly PartitionCursor[]): Promise<unknown> {
    try {
      for (const topic of new Set(homeless.map((cursor) => cursor.topic))) await this.#cluster.topic(topic, 0)
      return this.#failure ?? new BrokerRefusal(CODE.LEADER_NOT_AVAILABLE, homeless.map((cursor) => cursor.place).join(', '))
    } catch (error) {
      if (!mayPass(error)) throw error
      return error
    }
  }

  #remind(stuckMs: number, trouble: unknown): void {
    const { clock, logger } = this.#cluster.context
    if (clock.now() - this.#remindedAt <= REMINDER_MS) return
    this.#remindedAt = clock.now()
    logger.warn(`still waiting to read (${Math.round(stuckMs / 1000)} s): ${messageOf(trouble)}`)
  }
}
