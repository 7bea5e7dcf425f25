import { z } from 'zod'
import { parseDuration } from '../base/duration.ts'
import { ShitopsError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { parseSize } from '../base/size.ts'
import {
  CLEANUP,
  type DesiredTopic,
  type DesiredTopics,
  MIN_INSYNC,
  type PlacementRule,
  RETENTION_BYTES,
  RETENTION_MS,
} from '../bus/topics/desired.ts'
import { problemsOf } from './check.ts'
import { type ConfigProblem, problemText } from './problem.ts'
import { readYaml, type YamlText } from './yaml-text.ts'

const UNLIMITED = 'unlimited'
const positive = z.int().min(1)
const isDuration = (text: string) => text === UNLIMITED || parseDuration(text) !== undefined
const isSize = (text: string) => text === UNLIMITED || parseSize(text) !== undefined
const sizeText = z.union([z.int().min(0), z.string()]).refine((value) => isSize(String(value)), 'must be a size such as 1GiB, or unlimited')

const about = {
  partitions: positive.nullish(),
  replication: positive.nullish(),
  placement: z.union([z.enum(['even', 'any']), z.strictObject({ racks: positive })], 'must be even, any or { racks: N }').nullish(),
  min_insync: positive.nullish(),
  retention: z.string().refine(isDuration, 'must be a duration such as 7d, or unlimited').nullish(),
  retention_bytes: sizeText.nullish(),
  cleanup: z.enum(['delete', 'compact', 'compact,delete']).nullish(),
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
}

const schema = z.strictObject({
  version: z.literal(1),
  cluster: z.string().nullish(),
  drain: z.array(z.int().min(0)).nullish(),
  defaults: z.strictObject(about).nullish(),
  topics: z.record(z.string(), z.strictObject({ ...about, absent: z.boolean().nullish() }).nullable()),
})

type FileText = z.infer<typeof schema>
type About = NonNullable<FileText['defaults']>

const KEYS = Object.keys(about)

const TOP = ['version', 'cluster', 'drain', 'defaults', 'topics']

/** What was probably meant by a key that there is not: topics have names of their own, so that the key alone can tell. */
function meant(keys: readonly PropertyKey[]): { suggestion?: string } {
  const like = nearest(String(keys.at(-1)), keys.length === 1 ? TOP : [...KEYS, 'absent'])
  return like ? { suggestion: `did you mean ${like}?` } : {}
}

/** What Kafka takes as a topic name. */
const NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/

/**
 * A topics file (docs/topics.md) as what ought to be. Everything wrong with it is told at once, each with its place.
 * @throws SHITOPS_E_TOPICS_FILE
 */
export function parseTopicsFile(text: string, file: string): DesiredTopics {
  const yaml = readYaml(text, file)
  if ('problems' in yaml) throw topicsFileError(yaml.problems)
  const found = problemsOf(yaml.value, { schema, paths: TOP })
  if (found.length > 0)
    throw topicsFileError(
      found.map(({ keyed, keys, ...problem }) => ({ ...problem, ...(keyed && meant(keys)), origin: yaml.place(keys, keyed) })),
    )
  const { cluster, drain, defaults, topics } = yaml.value as FileText
  const problems: ConfigProblem[] = [...saidTwice(defaults ?? {}, ['defaults'], yaml)]
  const desired = Object.entries(topics).map(([name, own]) => {
    problems.push(...saidTwice(own ?? {}, ['topics', name], yaml))
    const topic = desiredTopic(name, { ...own }, defaults ?? {})
    problems.push(...impossible(topic, yaml))
    return topic
  })
  if (problems.length > 0) throw topicsFileError(problems)
  return { cluster: cluster ?? null, drain: drain ?? [], topics: desired }
}

function desiredTopic(name: string, own: About & { absent?: boolean | null | undefined }, defaults: About): DesiredTopic {
  const pick = <K extends keyof About>(key: K): NonNullable<About[K]> | undefined => own[key] ?? defaults[key] ?? undefined
  return {
    name,
    absent: own.absent ?? false,
    partitions: pick('partitions') ?? 1,
    replication: pick('replication') ?? 1,
    placement: (pick('placement') ?? 'even') as PlacementRule,
    config: { ...settingsOf(defaults), ...settingsOf(own) },
  }
}

/** Settings by their Kafka names and in Kafka's units. */
function settingsOf({ min_insync, retention, retention_bytes, cleanup, config }: About): Record<string, string | null> {
  const settings: Record<string, string | null> = {}
  for (const [name, value] of Object.entries(config ?? {})) settings[name] = value === null ? null : String(value)
  if (cleanup) settings[CLEANUP] = cleanup
  if (min_insync) settings[MIN_INSYNC] = String(min_insync)
  if (retention) settings[RETENTION_MS] = String(retention === UNLIMITED ? -1 : parseDuration(retention))
  if (retention_bytes !== null && retention_bytes !== undefined) {
    settings[RETENTION_BYTES] = String(retention_bytes === UNLIMITED ? -1 : parseSize(String(retention_bytes)))
  }
  return settings
}

const SHORT = { cleanup: CLEANUP, min_insync: MIN_INSYNC, retention: RETENTION_MS, retention_bytes: RETENTION_BYTES } as const

function saidTwice(own: About, path: readonly string[], yaml: YamlText): ConfigProblem[] {
  return Object.entries(SHORT).flatMap(([short, name]) => {
    if ((own[short as keyof About] ?? null) === null || own.config?.[name] === undefined) return []
    const keys = [...path, 'config', name]
    return [{ path: keys.join('.'), message: `says what ${short} says`, suggestion: 'keep one', origin: yaml.place(keys, true) }]
  })
}

/** What no cluster could do. */
function impossible({ name, absent, replication, placement, config }: DesiredTopic, yaml: YamlText): ConfigProblem[] {
  const problem = (keys: readonly string[], message: string, keyed = false): ConfigProblem => ({
    ...{ path: keys.join('.'), message, origin: yaml.place(keys, keyed) },
  })
  const path = ['topics', name]
  const problems: ConfigProblem[] = []
  if (!NAME.test(name)) problems.push(problem(path, 'is not a topic name: letters, digits, ".", "_" and "-", at most 249', true))
  if (absent) return problems
  const needed = Number(config[MIN_INSYNC] ?? 1)
  if (!(needed <= replication)) {
    problems.push(
      problem([...path, 'min_insync'], `is ${config[MIN_INSYNC]}, above the ${replication} copies: no acks=all could ever be met`),
    )
  }
  if (typeof placement === 'object' && placement.racks > replication) {
    problems.push(problem([...path, 'placement'], `wants ${placement.racks} racks for ${replication} copies`))
  }
  return problems
}

function topicsFileError(problems: readonly ConfigProblem[]): ShitopsError {
  const lines = problems.map(problemText)
  const message = lines.length === 1 ? String(lines[0]) : `${lines.length} problems in the topics file:\n  ${lines.join('\n  ')}`
  return new ShitopsError('SHITOPS_E_TOPICS_FILE', message, {
    suggestions: ['shitops topic export shows one that is right', 'docs/topics.md'],
  })
}
