import type { Damage } from '../bus.ts'
import { PartitionLog } from './partition-log.ts'
import { refresh, type Store } from './store.ts'
import { readTopic, readTopicNames, type Topic } from './topics.ts'

/** Longest run without letting timers, signals and sockets have their turn. */
const BREATH_MS = 10

/** What a check of stored batches found. */
export interface Verified {
  /** Stored bytes of the batches looked at: less than all of them where the limit was met. */
  bytes: number
  complete: boolean
  /** Offsets that cannot be read. */
  offsets: number
  first: Damage | undefined
}

/** Read all batches against their checksums, and look for missing offsets, until about `maxBytes` have been read. */
export async function verifyBatches(store: Store, maxBytes: number): Promise<Verified> {
  const verified: Verified = { bytes: 0, complete: true, offsets: 0, first: undefined }
  refresh(store)
  const topics = readTopicNames(store.meta).flatMap((name) => readTopic(store.meta, name) ?? [])
  for (const topic of topics) {
    for (let partition = 0; partition < topic.partitions; partition++) await verifyPartition(store, topic, partition, maxBytes, verified)
  }
  return verified
}

async function verifyPartition(store: Store, topic: Topic, partition: number, maxBytes: number, verified: Verified): Promise<void> {
  const log = new PartitionLog(store, topic, partition, (damage) => {
    verified.offsets += damage.to - damage.from
    verified.first ??= damage
  })
  refresh(store)
  let head = log.head()
  const { end } = head
  let next = head.start
  let breath = performance.now()
  while (next < end) {
    if (verified.bytes >= maxBytes) {
      verified.complete = false
      return
    }
    const batch = log.read(next, end, head, Number.POSITIVE_INFINITY)
    if (!batch) return
    next = batch.nextOffset
    verified.bytes += batch.storedBytes
    if (performance.now() - breath < BREATH_MS) continue
    await new Promise(setImmediate)
    // Others write meanwhile: retention may have moved the start, or the topic may be gone.
    refresh(store)
    if (readTopic(store.meta, topic.name)?.id !== topic.id) return
    head = log.head()
    breath = performance.now()
  }
}
