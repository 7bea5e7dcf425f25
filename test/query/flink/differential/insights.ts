import type { TopicName } from '../../../../src/events/event-types.ts'
import { keyOf, TOPICS } from '../../../../src/events/topics.ts'
import type { Insight } from '../../../../src/insights/insight.ts'
import { builtInInsights } from '../../../../src/insights/library.ts'
import { SCENARIOS, type ScenarioRecord } from '../../../../src/office/scenarios/index.ts'
import { topicDdl } from '../../../../src/query/topics/topic-ddl.ts'
import { topicsNamed } from '../../../../src/query/topics/topic-tables.ts'
import { planScript } from '../../../support/query.ts'
import { constructsOf } from './constructs.ts'
import { Random } from './random.ts'
import type { Subject } from './subjects.ts'
import { scansOf } from './tables.ts'

/** How late a record may be in the tables of topics. */
const DELAY_MS = 5_000

/** The built-in insights as subjects, over the scenarios of the office made worse. */
export async function insightSubjects(): Promise<Subject[]> {
  return Promise.all((await builtInInsights()).map(subjectOf))
}

async function subjectOf(insight: Insight): Promise<Subject> {
  const topics = topicsNamed(insight.sql)
  const tables = await Promise.all(topics.map(fileTable))
  const script = `${tables.join(';\n')};\n${insight.sql}`
  const { plan } = planScript(script).query
  const late = scansOf(plan).length === 1 && !topics.some((topic) => TOPICS[topic].compacted)
  return {
    id: `insights/${insight.name}`,
    script,
    order: plan.changing ? 'table' : 'multiset',
    tables: topics.map((topic) => {
      return { input: topic, columns: [], rowTime: -1, delay: DELAY_MS, debezium: TOPICS[topic].compacted, key: 0, keyed: false }
    }),
    constructs: new Set(['built-in insight', ...constructsOf(plan)]),
    late,
    nulls: true,
    inexact: false,
    // Slices of a window are added up in another order.
    digits: 9,
    mustAnswer: true,
    generate: (seed) => inputsOf(insight, topics, late, seed),
  }
}

/** The table of a topic over a file: where a record lies are columns of their own; a compacted topic is a changelog. */
async function fileTable(topic: TopicName): Promise<string> {
  const ddl = await topicDdl(topic)
  const columns = ddl
    .slice(0, ddl.indexOf('\n) WITH ('))
    .split('\n')
    .filter((line) => !/PRIMARY KEY|record_time/.test(line))
    .map((line) => line.replace(/ METADATA FROM '\w+' VIRTUAL/, '').replace(/,$/, ''))
  const format = TOPICS[topic].compacted ? 'debezium-json' : 'json'
  const [create, ...fields] = columns
  return `${create}\n${fields.join(',\n')}
) WITH ('connector' = 'filesystem', 'path' = '\${${topic}}', 'format' = '${format}', '${format}.timestamp-format.standard' = 'ISO-8601')`
}

/** How one input is worse than its scenario. */
interface Damage {
  readonly nulls: number
  readonly duplicates: number
  /** Records come in the order of their time and so much more, ms. */
  readonly disorder: number
  readonly late: number
  /** Times are cut to a multiple of this, ms. */
  readonly ties: number
  /** Stretches in which nothing is heard. */
  readonly gaps: number
}

function damageOf(random: Random, late: boolean): Damage {
  return {
    nulls: random.pick([0, 0.005, 0.02]),
    duplicates: random.pick([0, 0.05, 0.2]),
    disorder: random.pick([0, 2_000, DELAY_MS - 1]),
    late: late ? random.pick([0, 0.01, 0.05]) : 0,
    ties: random.pick([1, 1_000, 5_000]),
    gaps: random.pick([0, 1, 2]),
  }
}

/** The scenario that makes it fire with odd seeds, the one that must not with even ones. */
function inputsOf({ name }: Insight, topics: readonly TopicName[], late: boolean, seed: number): Record<string, string> {
  const scenario = SCENARIOS.find(({ insight, fires }) => insight === name && (fires !== undefined) === (seed % 2 === 1))
  if (!scenario) throw new Error(`${name} has no scenario`)
  const random = new Random(`${name} ${seed}`)
  const damage = damageOf(random, late)
  const records = scenario.records(seed).sort((a, b) => a.time - b.time)
  const [first, last] = [records[0]?.time ?? 0, records.at(-1)?.time ?? 0]
  const silent = Array.from({ length: damage.gaps }, () => {
    const from = random.int(first, last)
    return { from, to: from + random.int(20, 150) * 1_000 }
  })
  const heard = records.filter(({ time }) => !silent.some(({ from, to }) => time >= from && time < to))
  return Object.fromEntries(
    topics.map((topic) => {
      const own = worse(
        random,
        damage,
        heard.filter((record) => record.topic === topic),
      )
      return [topic, (TOPICS[topic].compacted ? changes(topic, own) : lines(own)).map((line) => `${line}\n`).join('')]
    }),
  )
}

function worse(random: Random, damage: Damage, records: readonly ScenarioRecord[]): ScenarioRecord[] {
  const placed: Array<{ at: number; record: ScenarioRecord }> = []
  for (const record of records) {
    const time = record.time - (record.time % damage.ties)
    const value = record.value && withNulls(random, damage.nulls, { ...record.value, event_time: new Date(time).toISOString() })
    const delay = random.chance(damage.late) ? random.int(10_000, 120_000) : random.int(0, damage.disorder)
    placed.push({ at: time + delay, record: { ...record, time, value } })
    if (random.chance(damage.duplicates)) placed.push({ at: time + delay, record: { ...record, time, value } })
  }
  return placed.sort((a, b) => a.at - b.at).map(({ record }) => record)
}

function withNulls(random: Random, share: number, value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, name !== 'event_time' && random.chance(share) ? null : field]),
  )
}

const placeOf = (i: number) => ({ record_partition: i % 3, record_offset: Math.floor(i / 3) })

const lines = (records: readonly ScenarioRecord[]): string[] => records.map(({ value }, i) => JSON.stringify({ ...value, ...placeOf(i) }))

/** Of a compacted topic, as Debezium tells changes. */
function changes(topic: TopicName, records: readonly ScenarioRecord[]): string[] {
  const live = new Map<string, unknown>()
  return records.flatMap(({ value, key }, i) => {
    const name = key ?? keyOf(topic, value as never)
    const before = live.get(name) ?? null
    const after = value && { record_key: name, ...value, ...placeOf(i) }
    if (after) live.set(name, after)
    else live.delete(name)
    if (before === null && after === null) return []
    return [JSON.stringify({ before, after, op: before === null ? 'c' : after === null ? 'd' : 'u' })]
  })
}
