import { formatDuration } from '../base/duration.ts'
import type { TopicDescription, TopicSpec } from '../bus/bus.ts'
import type { TopicSummary } from '../bus/ops/topics.ts'
import { formatBytes, formatCount, plural } from './amounts.ts'
import { formatList, type ListFlags } from './list-output.ts'
import type { Column } from './table.ts'

const bytesColumn = <Row extends { bytes: number | null }>(): Column<Row> => ({
  name: 'bytes',
  value: ({ bytes }) => bytes,
  shown: ({ bytes }) => (bytes === null ? '-' : formatBytes(bytes)),
  right: true,
})

export const TOPIC_COLUMNS: ReadonlyArray<Column<TopicSummary>> = [
  { name: 'topic', value: ({ topic }) => topic },
  { name: 'partitions', value: ({ partitions }) => partitions, right: true },
  { name: 'records', value: ({ records }) => records, shown: ({ records }) => formatCount(records), right: true },
  bytesColumn(),
  { name: 'cleanup', value: ({ cleanup }) => cleanup },
  {
    name: 'retention',
    value: ({ retention_ms }) => retention_ms,
    shown: ({ retention_ms }) => (retention_ms === null ? 'unlimited' : formatDuration(retention_ms)),
    right: true,
  },
]

type Partition = TopicDescription['partitions'][number]

const PARTITION_COLUMNS: ReadonlyArray<Column<Partition>> = [
  { name: 'partition', value: ({ partition }) => partition, right: true },
  { name: 'earliest', value: ({ earliest }) => earliest, right: true },
  { name: 'latest', value: ({ latest }) => latest, right: true },
  { name: 'records', value: ({ earliest, latest }) => latest - earliest, right: true },
  bytesColumn(),
  { name: 'leader', value: ({ leader }) => leader, shown: ({ leader }) => (leader === null ? 'none' : String(leader)), right: true },
  { name: 'replicas', value: ({ replicas }) => replicas.join(' ') },
  { name: 'in_sync', value: ({ inSync }) => inSync.join(' ') },
]

/** Name, settings and partitions; the data forms that are rows have the partitions. */
export function formatTopic(topic: TopicDescription, flags: ListFlags, terminal: { isTTY?: boolean; columns?: number }): string {
  const partitions = formatList(topic.partitions, PARTITION_COLUMNS, flags, topic, terminal)
  if (flags.output !== 'table') return partitions
  const settings = Object.entries(topic.config).sort(([a], [b]) => (a < b ? -1 : 1))
  const facts = [['topic', topic.name], ['records', formatCount(recordsOf(topic))], ...settings] as Array<[string, string]>
  const width = Math.max(...facts.map(([name]) => name.length))
  return `${facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')}\n\n${partitions}`
}

/** Offsets held over all partitions. */
export const recordsOf = ({ partitions }: TopicDescription) => partitions.reduce((sum, { earliest, latest }) => sum + latest - earliest, 0)

/** A line a topic: what was done with it. */
export function formatCreated(outcome: { created: string[]; existing: string[] }, specs: readonly TopicSpec[], dryRun: boolean): string {
  const settingsOf = (name: string) => {
    const { partitions = 0, replication, config = {} } = specs.find((spec) => spec.name === name) ?? {}
    const facts = [plural(partitions, 'partition'), ...(replication ? [plural(replication, 'replica')] : [])]
    return [...facts, ...Object.entries(config).map(([setting, value]) => `${setting}=${value}`)].join(', ')
  }
  const created = outcome.created.map((name) => `${dryRun ? 'would create' : 'created'} ${name} (${settingsOf(name)})\n`)
  return [...created, ...outcome.existing.map((name) => `${name} is there already\n`)].join('')
}

export function formatDeleted(topic: TopicDescription, planned: boolean): string {
  return `${planned ? 'would delete' : 'deleted'} topic ${topic.name} with ${plural(recordsOf(topic), 'record')} in ${plural(topic.partitions.length, 'partition')}`
}
