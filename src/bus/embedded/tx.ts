import type { OutRecord } from '../bus.ts'
import { type Head, headKey, readHead, writeHead } from './head.ts'
import { META } from './keys.ts'
import type { MetaTable } from './meta-table.ts'
import { readTotalBytes, type Store, type Table, topicEpoch } from './store.ts'
import { readTopic, type Topic } from './topics.ts'

/** Records of small appends to one partition, in the order of their offsets, that will share a batch. */
export interface Gathered {
  topicId: number
  partition: number
  baseOffset: number
  records: OutRecord[]
  bytes: number
}

/** A write transaction as an operation sees it: tables to read and write, and the heads of partitions, written back at its end. */
export class Tx {
  readonly log: Table
  readonly meta: MetaTable
  readonly #heads = new Map<number, { key: Buffer; head: Head }>()
  readonly #topics = new Map<string, Topic | undefined>()
  /** Small appends that wait to be written (place.ts), by the head of their partition. */
  readonly gathered = new Map<Head, Gathered>()
  readonly #afterCommit: Array<() => void> = []
  #totalBytes: number | undefined
  #totalBytesBefore = 0

  constructor(store: Store) {
    this.log = store.log
    this.meta = store.meta
  }

  /** Bytes of all stored batches, of all topics. */
  get totalBytes(): number {
    if (this.#totalBytes === undefined) this.#totalBytes = this.#totalBytesBefore = readTotalBytes(this.meta)
    return this.#totalBytes
  }

  set totalBytes(bytes: number) {
    this.#totalBytes = bytes
  }

  /** The topic as it is in this transaction. */
  topic(name: string): Topic | undefined {
    if (!this.#topics.has(name)) this.#topics.set(name, readTopic(this.meta, name))
    return this.#topics.get(name)
  }

  /** The head of a partition; changes to it are part of the transaction. */
  head(topicId: number, partition: number): Head {
    const name = topicId * 2 ** 20 + partition
    const known = this.#heads.get(name)
    if (known) return known.head
    const key = headKey(topicId, partition)
    const head = readHead(this.meta, key)
    this.#heads.set(name, { key, head })
    return head
  }

  /** A topic came or went: tell the caches of every process. */
  topicsChanged(): void {
    this.#topics.clear()
    this.meta.putDoubles(Buffer.from(META.topicEpoch), topicEpoch(this.meta) + 1)
  }

  /** Something to do once all of this is on disk, and not if it is taken back. It must not throw. */
  afterCommit(work: () => void): void {
    this.#afterCommit.push(work)
  }

  /** The transaction has been committed. Called once, by the writer. */
  committed(): void {
    for (const work of this.#afterCommit) work()
  }

  /** Write back the heads. Called once, by the writer. */
  finish(): void {
    for (const { key, head } of this.#heads.values()) writeHead(this.meta, key, head)
    if (this.#totalBytes === undefined || this.#totalBytes === this.#totalBytesBefore) return
    this.meta.putDoubles(Buffer.from(META.totalBytes), this.#totalBytes)
  }

  /** The partition is gone for good. */
  dropHead(topicId: number, partition: number): void {
    this.#heads.delete(topicId * 2 ** 20 + partition)
    this.meta.remove(headKey(topicId, partition))
  }
}
