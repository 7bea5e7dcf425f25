import { ShitopsError } from '../../base/errors.ts'
import type { Damage, ReadOptions, RecordBatch } from '../bus.ts'
import { type OnDamage, PartitionLog } from './partition-log.ts'
import { refresh, type Store } from './store.ts'
import { storeError } from './store-error.ts'
import { type Topic, type Topics, unknownPartition, unknownTopic } from './topics.ts'

export const DEFAULT_BATCH_BYTES = 1 << 20
/** Longest run without letting timers, signals and sockets have their turn. */
const BREATH_MS = 10

interface Cursor {
  log: PartitionLog
  next: number
  /** Stop before this; Infinity follows. */
  to: number
}

export interface ReadContext {
  store: Store
  topics: Topics
  onDamage: OnDamage
  /** Aborts when the bus is closed. */
  closed: AbortSignal
}

/** The reader of {@link Bus.read}: batches of the partitions in turn, then, when following, what arrives. */
export async function* readPartitions(context: ReadContext, options: ReadOptions): AsyncGenerator<RecordBatch, void, undefined> {
  try {
    yield* readOn(context, options)
  } catch (error) {
    throw storeError(context.store, error)
  }
}

async function* readOn(context: ReadContext, options: ReadOptions): AsyncGenerator<RecordBatch, void, undefined> {
  const { store, closed } = context
  const topic = context.topics.get(options.topic)
  const cursors = cursorsOf(context, topic, options)
  const signal = options.signal ? AbortSignal.any([options.signal, closed]) : closed
  const maxBytes = options.maxBatchBytes ?? DEFAULT_BATCH_BYTES
  let breath = performance.now()
  while (!signal.aborted) {
    const seen = store.notifier.version
    refresh(store)
    let read = false
    for (const cursor of cursors) {
      if (signal.aborted) return
      const batch = step(cursor, maxBytes)
      if (!batch) continue
      read = true
      yield batch
      if (performance.now() - breath > BREATH_MS) {
        await new Promise(setImmediate)
        breath = performance.now()
      }
    }
    if (read) continue
    if (!cursors.some(({ next, to }) => next < to) || !options.follow) return
    await store.notifier.wait(seen, signal)
    breath = performance.now()
    if (context.topics.get(options.topic).id !== topic.id) throw unknownTopic(options.topic, context.topics.names())
  }
}

function cursorsOf({ store, onDamage }: ReadContext, topic: Topic, options: ReadOptions): Cursor[] {
  const told = (damage: Damage) => {
    onDamage(damage)
    options.onDamage?.(damage)
  }
  return options.partitions.map(({ partition, from, to }) => {
    if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) throw unknownPartition(topic, partition)
    for (const offset of [from, to ?? 0]) {
      if (!Number.isSafeInteger(offset) || offset < 0)
        throw new ShitopsError('SHITOPS_E_OFFSET_RANGE', `${offset} is not an offset of ${topic.name}/${partition}`)
    }
    const log = new PartitionLog(store, topic, partition, told)
    return { log, next: from, to: to ?? (options.follow ? Number.POSITIVE_INFINITY : log.head().end) }
  })
}

/** The next batch of a partition, if there is one now. */
function step(cursor: Cursor, maxBytes: number): RecordBatch | undefined {
  if (cursor.next >= cursor.to) return undefined
  const head = cursor.log.head()
  if (cursor.next >= head.end) return undefined
  const batch = cursor.log.read(cursor.next, cursor.to, head, maxBytes)
  // Nothing but removed or damaged records up to here: they are behind us.
  cursor.next = batch ? batch.nextOffset : Math.max(cursor.next, Math.min(cursor.to, head.end))
  return batch
}
