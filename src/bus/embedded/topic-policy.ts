import type { Topic } from './topics.ts'

/** delete.retention.ms of Kafka: how long a tombstone stays after its first compaction. */
const DAY_MS = 86_400_000

export function isCompacted(topic: Topic): boolean {
  return policies(topic).includes('compact')
}

/** What to keep, in ms and bytes a partition; Infinity keeps all. Negative is Kafka's way to say so; it is the default here. */
export function retention(topic: Topic): { ms: number; bytes: number } {
  const policy = policies(topic)
  if (policy.includes('compact') && !policy.includes('delete')) return { ms: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
  return { ms: limit(topic.config['retention.ms']), bytes: limit(topic.config['retention.bytes']) }
}

export function tombstoneRetentionMs(topic: Topic): number {
  return number(topic.config['delete.retention.ms'], DAY_MS)
}

/** Share of bytes not yet compacted from which compaction pays. */
export function minDirtyRatio(topic: Topic): number {
  return number(topic.config['min.cleanable.dirty.ratio'], 0.5)
}

function policies(topic: Topic): string[] {
  return (topic.config['cleanup.policy'] ?? 'delete').split(',').map((part) => part.trim())
}

function limit(text: string | undefined): number {
  const value = number(text, -1)
  return value < 0 ? Number.POSITIVE_INFINITY : value
}

function number(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : Number(text)
}
