import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { compactPartition } from './compaction.ts'
import { logEnd, logKey, META, numberKey, pastPrefix } from './keys.ts'
import { isStillThere } from './place.ts'
import { applyRetention, STEP_BATCHES } from './retention.ts'
import { refresh, type Store } from './store.ts'
import { isCompacted } from './topic-policy.ts'
import { readTopic, readTopicNames, type Topic } from './topics.ts'
import type { Tx } from './tx.ts'
import type { Writer } from './writer.ts'

/** How often, over all processes, the housekeeping is done while someone writes. */
const EVERY_MS = 5_000

/** What a round of housekeeping did. */
export interface Maintained {
  /** Records that compaction removed. */
  compacted: number
}

/**
 * The housekeeping of a store: retention, compaction, and the remains of deleted topics. Whoever writes does it, now and then,
 * in short transactions between the others; no process has it as its duty.
 */
export class Maintainer {
  readonly #store: Store
  readonly #writer: Writer
  readonly #clock: Clock
  readonly #logger: Logger
  #last = Number.NEGATIVE_INFINITY
  #running: Promise<unknown> | undefined
  readonly #stop = new AbortController()

  constructor(store: Store, writer: Writer, clock: Clock, logger: Logger) {
    this.#store = store
    this.#writer = writer
    this.#clock = clock
    this.#logger = logger
  }

  /** Something was written: do the housekeeping if it is time and nobody else did. Never rejects. */
  afterWrite(): void {
    const now = this.#clock.now()
    if (this.#running || this.#stop.signal.aborted || Math.abs(now - this.#last) < EVERY_MS) return
    this.#last = now
    this.#running = this.#ifDue(now)
      .catch((error: unknown) => this.#logger.warn(`the housekeeping of ${this.#store.directory} failed: ${messageOf(error)}`))
      .finally(() => {
        this.#running = undefined
      })
  }

  /** End a running round after its present transaction; another process, or the next start, goes on. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** One whole round, now. */
  async run(): Promise<Maintained> {
    const { signal } = this.#stop
    const now = this.#clock.now()
    while (!signal.aborted && (await this.#step(purgeDeleted))) {}
    let compacted = 0
    for (const topic of this.#topics()) {
      for (let partition = 0; partition < topic.partitions && !signal.aborted; partition++) {
        while (!signal.aborted && (await this.#step((tx) => isStillThere(tx, topic) && applyRetention(tx, topic, partition, now)))) {}
        if (isCompacted(topic)) compacted += await compactPartition(this.#store, this.#writer, topic, partition, now, signal)
      }
    }
    return { compacted }
  }

  #step<T>(run: (tx: Tx) => T): Promise<T> {
    return this.#writer.submit({ bytes: 0, run })
  }

  async #ifDue(now: number): Promise<void> {
    const due = await this.#step((tx) => claimRound(tx, now))
    if (due) await this.run()
  }

  #topics(): Topic[] {
    refresh(this.#store)
    const { meta } = this.#store
    return readTopicNames(meta).flatMap((name) => readTopic(meta, name) ?? [])
  }
}

/** True for the one process that is to do this round. */
function claimRound(tx: Tx, now: number): boolean {
  const key = Buffer.from(META.maintained)
  const last = tx.meta.number(key, Number.NEGATIVE_INFINITY)
  // A clock that was set back must not stop the housekeeping for good.
  if (now >= last && now - last < EVERY_MS) return false
  tx.meta.putDoubles(key, now)
  return true
}

/** Remove some of the batches of a deleted topic, and at last what else it left. True when there is more to do. */
function purgeDeleted(tx: Tx): boolean {
  const prefix = Buffer.from(META.deleted)
  for (const { key: deletedKey, value: topic } of tx.meta.jsonRange<Topic>({ start: prefix, end: pastPrefix(prefix), limit: 1 })) {
    const batches: Array<{ key: Buffer; bytes: number }> = []
    for (const batch of tx.log.getRange({ start: logKey(topic.id, 0, 0), end: logEnd(topic.id, topic.partitions), limit: STEP_BATCHES })) {
      batches.push({ key: Buffer.from(batch.key), bytes: batch.value.byteLength })
    }
    for (const batch of batches) {
      tx.log.removeSync(batch.key)
      tx.totalBytes -= batch.bytes
    }
    if (batches.length === STEP_BATCHES) return true
    for (let partition = 0; partition < topic.partitions; partition++) tx.dropHead(topic.id, partition)
    for (const key of tx.meta.keys({ start: numberKey(META.time, topic.id), end: numberKey(META.time, topic.id + 1) })) tx.meta.remove(key)
    tx.meta.remove(deletedKey)
    return true
  }
  return false
}
