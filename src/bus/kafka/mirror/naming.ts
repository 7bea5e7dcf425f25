/** How MirrorMaker 2 names what it makes (DefaultReplicationPolicy, IdentityReplicationPolicy). */
export interface Naming {
  /** Alias of the cluster that is copied, as mm2.properties names it. */
  source: string
  /** Alias of the cluster that is copied to. */
  target: string
  /** `default`: `ALIAS.topic`; `identity`: the name it has on the source. */
  policy: 'default' | 'identity'
  /** replication.policy.separator */
  separator: string
}

/** What MirrorMaker does not copy by itself (topics.exclude and internal topics). Heartbeats it copies always; they are checked for themselves. */
const NOT_MIRRORED = [/[-.]internal$/, /\.replica$/, /^__/, /^heartbeats$/, /\.heartbeats$/]

export function mirrorOf(topic: string, { source, policy, separator }: Naming): string {
  return policy === 'identity' ? topic : `${source}${separator}${topic}`
}

/** True for a topic of the source that is to be on the target: not Kafka's and MirrorMaker's own, and not what came from there. */
export function isMirrored(topic: string, { target, policy, separator }: Naming): boolean {
  if (NOT_MIRRORED.some((pattern) => pattern.test(topic))) return false
  return policy === 'identity' || !topic.startsWith(`${target}${separator}`)
}

/** Where the offset syncs lie: on the source by default, or (offset-syncs.topic.location=target) on the target. */
export const syncTopics = ({ source, target, separator }: Naming) => ({
  onSource: `mm2-offset-syncs${separator}${target}${separator}internal`,
  onTarget: `mm2-offset-syncs${separator}${source}${separator}internal`,
})

export const checkpointTopic = ({ source, separator }: Naming): string => `${source}${separator}checkpoints${separator}internal`

export const HEARTBEATS = 'heartbeats'

/** Aliases of clusters that are copied to this one, by the topics on it. */
export function sourcesSeen(topics: readonly string[], separator: string): string[] {
  return between(topics, '', `${separator}checkpoints${separator}internal`)
}

/** Aliases of clusters that this one is copied to, by the topics on it. */
export function targetsSeen(topics: readonly string[], separator: string): string[] {
  return between(topics, `mm2-offset-syncs${separator}`, `${separator}internal`)
}

function between(topics: readonly string[], before: string, after: string): string[] {
  const long = before.length + after.length
  const names = topics.filter((topic) => topic.length > long && topic.startsWith(before) && topic.endsWith(after))
  return names.map((topic) => topic.slice(before.length, topic.length - after.length))
}
