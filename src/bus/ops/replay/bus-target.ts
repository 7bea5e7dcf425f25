import { about } from '../../../base/errors.ts'
import type { Bus, BusRecord, OutRecord, RecordBatch } from '../../bus.ts'
import type { ReplayTarget } from './replay.ts'
import type { Rewrite } from './rewrite.ts'
import { encodeState, groupOf, type ReplayState } from './state.ts'

export interface BusTargetOptions {
  bus: Bus
  token: string
  /** Moved on with every flush. */
  state: ReplayState
  /** Where the state lies: a topic of the bus. */
  anchor: { topic: string; partitions: number }
  /** Where a record goes; undefined when it does not say. */
  route(record: BusRecord): string | undefined
  /** Topics with as many partitions as the source: a record stays in its partition there, elsewhere its key decides. */
  keepsPartition(topic: string): boolean
  rewrite: Rewrite
}

const BATCH_RECORDS = 2_000
const BATCH_BYTES = 1 << 20

/** Writes records and the replay's position in one transaction: after kill -9 neither is there without the other. */
export class BusTarget implements ReplayTarget {
  readonly closed = false
  readonly #options: BusTargetOptions
  #appends = new Map<string, OutRecord[]>()
  #records = 0
  #bytes = 0

  constructor(options: BusTargetOptions) {
    this.#options = options
  }

  get full(): boolean {
    return this.#records >= BATCH_RECORDS || this.#bytes >= BATCH_BYTES
  }

  take(batch: RecordBatch, i: number): boolean {
    const record = batch.record(i)
    const topic = this.#options.route(record)
    if (topic === undefined) return false
    const { key, value, timestamp, headers } = this.#options.rewrite(record)
    const partition = this.#options.keepsPartition(topic) ? { partition: batch.partition } : {}
    const appends = this.#appends.get(topic) ?? []
    if (appends.length === 0) this.#appends.set(topic, appends)
    appends.push({ key, value, timestamp, headers, ...partition })
    this.#records++
    this.#bytes += (key?.length ?? 0) + (value?.length ?? 0)
    return true
  }

  async flush(positions: ReadonlyMap<number, number>): Promise<void> {
    const { bus, token, state, anchor } = this.#options
    state.written += this.#records
    state.bytes += this.#bytes
    let moved = this.#records > 0
    for (const [partition, next] of positions) {
      const position = state.positions.get(partition)
      if (!position || position.next === next) continue
      position.next = next
      moved = true
    }
    if (!moved) return
    const appends = [...this.#appends].map(([topic, records]) => ({ topic, records }))
    this.#appends = new Map()
    this.#records = 0
    this.#bytes = 0
    const offsets = { group: groupOf(token), commits: encodeState(state, anchor) }
    await about('target', bus.transact({ id: groupOf(token), appends, offsets }))
  }
}
