import { ShitopsError } from '../base/errors.ts'
import type { TopicSpec } from '../bus/bus.ts'
import { TOPIC_NAMES, topicSpec } from '../events/topics.ts'

export interface TopicSpecFlags {
  all?: boolean | undefined
  partitions?: number | undefined
  replication?: number | undefined
  config?: readonly string[] | undefined
}

/** The topics to create: those named, or all that shitops knows. A known topic takes its settings from there; flags win. */
export function specsOf(names: readonly string[], flags: TopicSpecFlags): TopicSpec[] {
  const all = flags.all ?? false
  if (all === names.length > 0) {
    throw new ShitopsError('SHITOPS_E_USAGE', all ? '--all and names exclude each other' : 'no topic is named', {
      suggestions: ['shitops topic create NAME', 'shitops topic create --all'],
    })
  }
  const given = Object.fromEntries((flags.config ?? []).map(settingOf))
  return [...new Set(all ? TOPIC_NAMES : names)].map((name) => {
    const known = topicSpec(name)
    return {
      name,
      partitions: flags.partitions ?? known?.partitions ?? 1,
      ...(flags.replication !== undefined && { replication: flags.replication }),
      config: { ...known?.config, ...given },
    }
  })
}

function settingOf(text: string): [string, string] {
  const equals = text.indexOf('=')
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)]
  throw new ShitopsError('SHITOPS_E_USAGE', `--config ${text}: a setting is given as NAME=VALUE`, {
    suggestions: ['--config retention.ms=604800000'],
  })
}
