import { holdProcess } from '../../base/process-end.ts'
import { isBehind } from './last-commit.ts'
import { placeGathered } from './place.ts'
import { remap, reopen } from './remap.ts'
import { Room } from './room.ts'
import type { Store } from './store.ts'
import { commitError, fullError, storeError } from './store-error.ts'
import { Tx } from './tx.ts'

/** Work of one caller inside a write transaction. */
export interface Operation<T> {
  /**
   * Runs inside the transaction, together with the work of others. It must check first and write last: what it throws rejects
   * its caller alone, and what it has written by then stays.
   */
  run(tx: Tx): T
  /** Bytes of records it will add; 0 for what is small, or makes room. */
  bytes: number
}

interface Waiting {
  operation: Operation<unknown>
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** What came of one operation. */
interface Outcome {
  result?: unknown
  error?: unknown
}

/** A process that opens the store gets in the way of one transaction at most. */
const MOST_TRIES = 100

/** Enough to make a commit worth its fsync, little enough to keep the write lock short. */
const GROUP_BYTES = 4 << 20
const GROUP_OPERATIONS = 20_000

/**
 * The one way into the store for this process: operations wait in line, and all that wait when a transaction starts go into it
 * (group commit), so that many small appends share one fsync. While a transaction is being written on LMDB's thread the next
 * group gathers. Other processes queue for LMDB's lock, which is fair.
 */
export class Writer {
  readonly #store: Store
  readonly #room: Room
  #queue: Waiting[] = []
  #queuedBytes = 0
  #pump: Promise<void> | undefined

  constructor(store: Store) {
    this.#store = store
    this.#room = new Room(store)
  }

  /** Bytes that wait to be written. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /** Resolves with the result once it is on disk; rejects with what the operation threw, or SHITOPS_E_BUS_FULL. */
  submit<T>(operation: Operation<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ operation, resolve: resolve as (result: unknown) => void, reject })
      this.#queuedBytes += operation.bytes
      this.#pump ??= this.#run()
    })
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    while (this.#pump) await this.#pump
  }

  async #run(): Promise<void> {
    // Callers that were woken together append together: let them all get in line.
    await new Promise(setImmediate)
    while (this.#queue.length > 0) {
      await this.#commit(this.#take())
      await new Promise(setImmediate)
      await remap(this.#store)
    }
    this.#pump = undefined
  }

  #take(): Waiting[] {
    let bytes = 0
    let count = 0
    while (count < this.#queue.length && count < GROUP_OPERATIONS && bytes < GROUP_BYTES)
      bytes += this.#queue[count++]?.operation.bytes ?? 0
    this.#queuedBytes -= bytes
    return this.#queue.splice(0, count)
  }

  /** What there is room for; the rest is refused. */
  #affordable(group: readonly Waiting[]): readonly Waiting[] {
    const bytes = group.reduce((sum, { operation }) => sum + operation.bytes, 0)
    if (this.#room.has(bytes)) return group
    const small = group.filter(({ operation }) => operation.bytes === 0)
    const affordable = new Set(small.length > 0 && this.#room.has(0) ? small : [])
    const reason = fullError(this.#store.directory, 'the disk is full')
    for (const waiting of group) if (!affordable.has(waiting)) waiting.reject(reason)
    return [...affordable]
  }

  /** Never rejects: what fails, fails for the callers of the group. */
  async #commit(taken: readonly Waiting[]): Promise<void> {
    let group = taken
    try {
      group = this.#affordable(taken)
      if (group.length === 0) return
      const outcomes = await this.#transact(group)
      group.forEach(({ resolve, reject }, i) => {
        const outcome = outcomes[i]
        if (outcome && 'error' in outcome) reject(storeError(this.#store, outcome.error))
        else resolve(outcome?.result)
      })
    } catch (error) {
      const reason = await commitError(this.#store, error)
      for (const { reject } of group) reject(reason)
    }
  }

  async #transact(group: readonly Waiting[]): Promise<Outcome[]> {
    for (let tries = 0; ; tries++) {
      const outcomes = await this.#tryTransact(group)
      if (outcomes) return outcomes
      if (tries === MOST_TRIES) throw new Error('others have opened the store again and again while it was written to')
      await new Promise(setImmediate)
      await reopen(this.#store)
    }
  }

  /** Undefined where nothing was done, since the transaction did not stand on the newest commit. */
  async #tryTransact(group: readonly Waiting[]): Promise<Outcome[] | undefined> {
    const store = this.#store
    const tx = new Tx(store)
    let outcomes: Outcome[] | undefined
    const release = holdProcess()
    try {
      store.committing = true
      await store.root.transaction(() => {
        if (isBehind(store)) return
        outcomes = group.map(({ operation }) => attempt(operation, tx))
        placeGathered(tx)
        tx.finish()
      })
    } finally {
      store.committing = false
      release()
    }
    if (!outcomes) return undefined
    tx.committed()
    store.notifier.bump()
    return outcomes
  }
}

function attempt(operation: Operation<unknown>, tx: Tx): Outcome {
  try {
    // Only appends may find earlier ones of this transaction not yet in the log.
    if (operation.bytes === 0) placeGathered(tx)
    return { result: operation.run(tx) }
  } catch (error) {
    return { error }
  }
}

const writers = new WeakMap<Store, Writer>()

/** The writer of a store: one for all buses of this process that share it. */
export function writerOf(store: Store): Writer {
  const known = writers.get(store) ?? new Writer(store)
  writers.set(store, known)
  return known
}
