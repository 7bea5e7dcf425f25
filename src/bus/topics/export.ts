import { formatDuration, parseDuration } from '../../base/duration.ts'
import { stringify } from '../../base/yaml.ts'
import type { ObservedCluster, ObservedTopic } from '../admin.ts'
import { CLEANUP, type DesiredTopic, type DesiredTopics, MIN_INSYNC, RETENTION_MS } from './desired.ts'
import { settled } from './load.ts'
import { THROTTLED } from './throttles.ts'

/** Topics of a bus as they are, so that a file can begin from there: settings made for each, not those of the cluster. */
export function asDesired({ topics }: ObservedCluster): DesiredTopics {
  return { cluster: null, drain: [], topics: topics.filter(({ internal }) => !internal).map(asTopic) }
}

function asTopic({ name, own, config, partitions }: ObservedTopic): DesiredTopic {
  const kept = own.filter((setting) => !THROTTLED.some((throttled) => throttled === setting))
  // Settings that decide over records and safety are said even where they are the cluster's: a file should not leave them open.
  const said = [...new Set([...kept, MIN_INSYNC, CLEANUP, RETENTION_MS])].filter((setting) => config[setting] !== undefined)
  const replication = Math.max(1, ...partitions.map((each) => settled(each).length))
  const settings = Object.fromEntries(said.sort().map((setting) => [setting, config[setting] ?? '']))
  return { name, absent: false, partitions: partitions.length, replication, placement: 'even', config: settings }
}

/** A topics file that says the same. What most topics have stands in `defaults`. */
export function formatTopicsFile({ cluster, topics }: DesiredTopics): string {
  const texts = topics.map((topic) => ({ name: topic.name, text: textOf(topic) }))
  const defaults = commonOf(texts.map(({ text }) => text))
  const own = Object.fromEntries(texts.map(({ name, text }) => [name, without(text, defaults)]))
  const document = { version: 1, ...(cluster !== null && { cluster }), defaults, topics: own }
  return `${HEAD}${stringify(document, { lineWidth: 0 })}`
}

const HEAD = `# Topics as code (docs/topics.md): shitops topic plan shows what differs, shitops topic apply makes it so.
# Topics that are not named here are left alone; "absent: true" deletes one.
`

interface TopicText {
  partitions: number
  replication: number
  placement: DesiredTopic['placement']
  min_insync?: number
  cleanup?: string
  retention?: string
  config?: Record<string, string | null>
}

function textOf({ partitions, replication, placement, config }: DesiredTopic): TopicText {
  const rest = { ...config }
  const text: TopicText = { partitions, replication, placement }
  const needed = rest[MIN_INSYNC]
  if (typeof needed === 'string') text.min_insync = Number(needed)
  const cleanup = rest[CLEANUP]
  if (cleanup) text.cleanup = cleanup === 'delete,compact' ? 'compact,delete' : cleanup
  const retention = rest[RETENTION_MS]
  const duration = retention === undefined || retention === null ? undefined : durationText(Number(retention))
  if (duration !== undefined) text.retention = duration
  for (const [name, gone] of [
    [MIN_INSYNC, needed],
    [CLEANUP, cleanup],
    [RETENTION_MS, duration],
  ] as const)
    if (gone) delete rest[name]
  return Object.keys(rest).length > 0 ? { ...text, config: rest } : text
}

/** undefined where a short text would say something else. */
function durationText(ms: number): string | undefined {
  if (ms < 0) return 'unlimited'
  const text = formatDuration(ms).replaceAll(' ', '')
  return parseDuration(text) === ms ? text : undefined
}

/** Values that most topics have. Only where every topic has the key: one without it must not be given it. */
function commonOf(texts: readonly TopicText[]): Partial<TopicText> {
  const common: Record<string, unknown> = {}
  for (const key of ['partitions', 'replication', 'placement', 'min_insync'] as const) {
    const values = texts.map((text) => JSON.stringify(text[key]))
    if (values.length === 0 || values.includes(undefined as never)) continue
    const counts = new Map<string, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    const [most] = [...counts].sort((a, b) => b[1] - a[1])
    if (most) common[key] = JSON.parse(most[0])
  }
  const shared = Object.entries(texts[0]?.config ?? {}).filter(([name, value]) => texts.every(({ config }) => config?.[name] === value))
  if (shared.length > 0) common.config = Object.fromEntries(shared)
  return common
}

function without(text: TopicText, defaults: Partial<TopicText>): Partial<TopicText> {
  const left: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(text)) {
    if (key === 'config') {
      const rest = Object.entries(text.config ?? {}).filter(([name, setting]) => defaults.config?.[name] !== setting)
      if (rest.length > 0) left.config = Object.fromEntries(rest)
    } else if (JSON.stringify(defaults[key as keyof TopicText]) !== JSON.stringify(value)) left[key] = value
  }
  return left
}
