import { ShitopsError } from '../../base/errors.ts'
import type { Claim, ConsumeOptions, TopicPartition } from '../bus.ts'
import type { PartitionLog } from './partition-log.ts'
import { DEFAULT_BATCH_BYTES } from './read.ts'
import { refresh, type Store } from './store.ts'
import { guarded } from './store-error.ts'

/** What one partition's reader needs of the group member it belongs to. */
export interface Hold extends TopicPartition {
  group: string
  memberId: string
  generation: number
  /** The member stops: aborts every wait, and no batch in hand may be committed. */
  stop: AbortSignal
  commit(hold: Hold, nextOffset: number, metadata?: string): Promise<void>
  heartbeat(): Promise<void>
}

/** Reads one partition for a group member: batch after batch, in order, until told to stop. */
export class PartitionConsumer implements Claim {
  readonly group: string
  readonly memberId: string
  readonly generation: number
  readonly hold: Hold
  /** Resolves when the last batch has been left; never rejects: see {@link failure}. */
  readonly done: Promise<void>
  /** What a batch handler rejected with. */
  failure: { error: unknown } | undefined
  /** No further batch; the present one may finish and commit. */
  readonly #ending = new AbortController()
  #active = true

  constructor(store: Store, log: PartitionLog, hold: Hold, from: number, options: ConsumeOptions) {
    this.hold = hold
    this.group = hold.group
    this.memberId = hold.memberId
    this.generation = hold.generation
    this.done = this.#run(store, log, from, options).catch((error: unknown) => {
      // A handler that passes on the refusal of a partition it has lost has done right: the partition is simply gone.
      if (!(this.lost && error instanceof ShitopsError && error.code === 'SHITOPS_E_FENCED')) this.failure = { error }
    })
  }

  /** The partition went to another member: every commit will be refused. */
  lost = false

  /** Finish the batch in hand, then end. */
  end(): void {
    this.#ending.abort()
  }

  /** The partition is another's by now: leave the batch in hand without committing. */
  lose(): void {
    this.lost = true
    this.#active = false
    this.end()
  }

  active(): boolean {
    return this.#active && !this.hold.stop.aborted
  }

  heartbeat(): Promise<void> {
    return this.hold.heartbeat()
  }

  async commit(nextOffset: number, metadata?: string): Promise<void> {
    try {
      await this.hold.commit(this.hold, nextOffset, metadata)
    } catch (error) {
      if (error instanceof ShitopsError && error.code === 'SHITOPS_E_FENCED') this.lose()
      throw error
    }
  }

  async #run(store: Store, log: PartitionLog, from: number, options: ConsumeOptions): Promise<void> {
    const ending = AbortSignal.any([this.#ending.signal, this.hold.stop])
    let next = from
    while (!ending.aborted) {
      const seen = store.notifier.version
      const { batch, end } = guarded(store, () => {
        refresh(store)
        const head = log.head()
        return { batch: log.read(next, head.end, head, options.maxBatchBytes ?? DEFAULT_BATCH_BYTES), end: head.end }
      })
      next = batch ? batch.nextOffset : Math.max(next, end)
      if (batch) {
        await options.onBatch(batch, this)
        // A handler that never waits for anything outside must not starve heartbeats and signals.
        await new Promise(setImmediate)
      } else await store.notifier.wait(seen, ending)
    }
  }
}
