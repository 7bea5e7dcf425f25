import { ShitopsError } from '../../base/errors.ts'
import type { Bus, TopicDescription, TopicSpec } from '../bus.ts'
import { helpful } from './topic-lookup.ts'

/** A topic in one line. */
export interface TopicSummary {
  topic: string
  partitions: number
  /** Offsets held; where compaction has removed records, more than there are. */
  records: number
  /** On disk, where the bus can tell. */
  bytes: number | null
  cleanup: string
  retention_ms: number | null
}

/** Topics asked about at a time: a cluster answers several at once, but need not answer all. */
const AT_ONCE = 8

/** Every topic of the bus, by name. One that is deleted meanwhile is left out. */
export async function listTopics(bus: Bus): Promise<TopicSummary[]> {
  const names = (await bus.listTopics()).sort()
  const summaries: TopicSummary[] = []
  for (let i = 0; i < names.length; i += AT_ONCE) {
    const some = await Promise.all(names.slice(i, i + AT_ONCE).map((name) => bus.describeTopic(name).catch(goneIsUndefined)))
    summaries.push(...some.filter((description) => description !== undefined).map(summaryOf))
  }
  return summaries
}

function goneIsUndefined(error: { code?: string }): undefined {
  if (error.code !== 'SHITOPS_E_TOPIC_UNKNOWN') throw error
}

function summaryOf({ name, partitions, config }: TopicDescription): TopicSummary {
  const sizes = partitions.map(({ bytes }) => bytes)
  const retention = Number(config['retention.ms'] ?? Number.NaN)
  return {
    topic: name,
    partitions: partitions.length,
    records: partitions.reduce((sum, { earliest, latest }) => sum + latest - earliest, 0),
    bytes: sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    cleanup: config['cleanup.policy'] ?? 'delete',
    retention_ms: retention >= 0 ? retention : null,
  }
}

/** One topic; SHITOPS_E_TOPIC_UNKNOWN names the nearest. */
export async function describeTopic(bus: Bus, topic: string): Promise<TopicDescription> {
  return bus.describeTopic(topic).catch((error) => helpful(bus, topic, error))
}

export interface CreateRequest {
  specs: readonly TopicSpec[]
  /** A topic that is there already is left as it is; otherwise it is SHITOPS_E_TOPIC_EXISTS. */
  ifNotExists: boolean
  dryRun: boolean
}

/** Create topics; with several, those that can be checked are checked before the first is made. Returns the names created and those left. */
export async function createTopics(
  bus: Bus,
  { specs, ifNotExists, dryRun }: CreateRequest,
): Promise<{ created: string[]; existing: string[] }> {
  const names = new Set(await bus.listTopics())
  const existing = specs.filter(({ name }) => names.has(name)).map(({ name }) => name)
  if (existing.length > 0 && !ifNotExists) {
    throw new ShitopsError('SHITOPS_E_TOPIC_EXISTS', `${existing.join(', ')} ${existing.length === 1 ? 'is' : 'are'} there already`, {
      suggestions: ['--if-not-exists leaves them as they are', `shitops topic describe ${existing[0]}`],
    })
  }
  const missing = specs.filter(({ name }) => !names.has(name))
  if (!dryRun) for (const spec of missing) await bus.createTopic(spec)
  return { created: missing.map(({ name }) => name), existing }
}
