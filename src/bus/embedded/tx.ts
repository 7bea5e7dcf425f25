import type { OutRecord } from '../bus.ts'
import { sealDoubles } from './entry.ts'
import { decodeHead, encodeHead, type Head, newHead } from './head.ts'
import { META, numberKey } from './keys.ts'
import { headKey, readTotalBytes, type Store, type Table, topicEpoch } from './store.ts'
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
  readonly meta: Table
  readonly #heads = new Map<number, { key: Buffer; head: Head }>()
  readonly #topics = new Map<string, Topic | undefined>()
  /** Small appends that wait to be written (place.ts), by the head of their partition. */
  readonly gathered = new Map<Head, Gathered>()
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
    const found = this.meta.get(key)
    const head = found ? decodeHead(found) : newHead()
    this.#heads.set(name, { key, head })
    return head
  }

  /** A topic came or went: tell the caches of every process. */
  topicsChanged(): void {
    this.#topics.clear()
    this.meta.putSync(Buffer.from(META.topicEpoch), sealDoubles(topicEpoch(this.meta) + 1))
  }

  /** Write back the heads. Called once, by the writer. */
  finish(): void {
    for (const { key, head } of this.#heads.values()) this.meta.putSync(key, encodeHead(head))
    if (this.#totalBytes === undefined || this.#totalBytes === this.#totalBytesBefore) return
    this.meta.putSync(Buffer.from(META.totalBytes), sealDoubles(this.#totalBytes))
  }

  /** The partition is gone for good. */
  dropHead(topicId: number, partition: number): void {
    this.#heads.delete(topicId * 2 ** 20 + partition)
    this.meta.removeSync(numberKey(META.head, topicId, partition))
  }
}
