import { ShitopsError } from '../../base/errors.ts'
import { plural } from '../../base/plural.ts'
import type { RecordBatch } from '../../bus/bus.ts'
import { DamageCount } from '../../bus/ops/damage-count.ts'
import { resolveRange } from '../../bus/ops/range.ts'
import { readRuns } from '../../bus/ops/read-runs.ts'
import { topicsThere } from '../../bus/ops/topics-there.ts'
import { parsePosition } from '../../bus/position.ts'
import { type RelateOptions, type Relation, type Relations, relate } from '../../mining/relate/relate.ts'
import { TeamHours } from '../../mining/relate/team-hours.ts'
import { formatCount } from '../amounts.ts'
import type { Column } from '../table.ts'
import type { SourceContext } from './source.ts'

export const RELATE_TOPICS = ['audio_metrics', 'device_presence', 'workflow_events'] as const

export interface RelateFlags extends RelateOptions {
  from?: string | undefined
  to?: string | undefined
}

/**
 * Relates what teams are heard doing to the cases they bring forward, from a range of three topics.
 * @throws SHITOPS_E_USAGE for a zone that there is none of, SHITOPS_E_TOPIC_UNKNOWN without audio_metrics or workflow_events
 */
export async function relateTeams({ from, to, ...options }: RelateFlags, context: SourceContext): Promise<Relations & { records: number }> {
  checkZone(options.zone)
  const [begin, end] = [parsePosition(from ?? 'start', context.now, 'from'), parsePosition(to ?? 'end', context.now, 'to')]
  const bus = await context.open()
  const there = await topicsThere(bus, ['device_presence'])
  const topics = RELATE_TOPICS.filter((topic) => topic !== 'device_presence' || there.has(topic))
  const hours = new TeamHours()
  const damage = new DamageCount()
  let records = 0
  const ranges = await Promise.all(topics.map((topic) => resolveRange(bus, { topic, from: begin, to: end })))
  const request = { ranges, follow: false, order: 'arrival' as const, signal: context.signal, onDamage: damage.add.bind(damage) }
  let bad = 0
  for await (const { batch, from: first, to: last } of readRuns(bus, request)) {
    for (let i = first; i < last; i++) {
      records++
      if (!take(batch, i, hours)) bad++
    }
  }
  if (bad > 0) context.logger.warn(`${plural(bad, 'record')} cannot be read`)
  const failure = damage.error()
  if (failure) throw failure
  return { ...relate(hours, options), records }
}

/** False for a record that cannot be read. */
function take(batch: RecordBatch, i: number, hours: TeamHours): boolean {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(batch.value(i)?.toString() ?? '') as Record<string, unknown>
  } catch {
    return false
  }
  const { team, person, event_time } = value ?? {}
  const time = typeof event_time === 'string' ? Date.parse(event_time) : Number.NaN
  if (Number.isNaN(time)) return false
  if (typeof team !== 'string') return true
  const number = (name: string) => (typeof value[name] === 'number' ? (value[name] as number) : 0)
  if (batch.topic === 'workflow_events') {
    if (value.lifecycle === 'completed' && typeof value.case_id === 'string') hours.step(team, value.case_id, time)
  } else if (typeof person === 'string') {
    if (batch.topic === 'device_presence') {
      if (value.kind !== 'left') hours.presence(team, person, time)
    } else if (value.kind === 'sample') hours.audio(team, person, time, number('observed_s'), number('call_s'), number('intensity'))
  }
  return true
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
  } catch (cause) {
    throw new ShitopsError('SHITOPS_E_USAGE', `"${zone}" is not a time zone`, {
      cause,
      suggestions: ['--zone Europe/Berlin', '--zone UTC'],
    })
  }
}

const two = (n: number): string => n.toFixed(2)

export const RELATION_COLUMNS: Column<Relation>[] = [
  { name: 'team', value: ({ team }) => team },
  { name: 'measure', value: ({ measure }) => measure },
  { name: 'lag_h', value: ({ lag_h }) => lag_h, right: true },
  { name: 'r', value: ({ r }) => r, shown: ({ r }) => two(r), right: true },
  { name: 'low', value: ({ low }) => low, shown: ({ low }) => two(low), right: true },
  { name: 'high', value: ({ high }) => high, shown: ({ high }) => two(high), right: true },
  { name: 'hours', value: ({ n }) => n, shown: ({ n }) => formatCount(n), right: true },
  { name: 'worth', value: ({ effective_n }) => effective_n, shown: ({ effective_n }) => formatCount(effective_n), right: true },
  { name: 'clear', value: ({ clear }) => clear, shown: ({ clear }) => (clear ? 'yes' : '-') },
]
