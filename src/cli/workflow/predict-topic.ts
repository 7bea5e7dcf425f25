import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { toEventTime } from '../../events/index.ts'
import { type Basis, basisOf } from '../../mining/predict/basis.ts'
import { logCases } from '../../mining/predict/log-cases.ts'
import { outlookOf } from '../../mining/predict/outlook.ts'
import { Predictor } from '../../mining/predict/predictor.ts'
import { type RunningCase, RunningCases } from '../../mining/predict/running-cases.ts'
import { breachRecord } from './predict-insight.ts'
import { readState, writeState } from './predict-state.ts'
import { type SourceContext, type SourceCounts, workflowEvents } from './source.ts'
import type { SourceFlags } from './source-flags.ts'

export interface TopicFlags extends SourceFlags {
  train?: readonly string[] | undefined
  state?: string | undefined
}

export interface TopicOptions {
  readonly deadlineMs: number | undefined
  readonly idleMs: number | undefined
  readonly utcOffsetMinutes: number
  readonly explain: boolean
  readonly publish: boolean
  /** Probability from which a breach is published. */
  readonly threshold: number
}

/** A case that goes on, and what is expected of it. Times are RFC 3339. */
export interface RunningRow {
  readonly case: string
  readonly activity: string
  readonly steps: number
  readonly last: string
  readonly p10_end: string
  readonly p50_end: string
  readonly p90_end: string
  readonly deadline: string | null
  /** That it misses its deadline: it is not over, and will end later. */
  readonly breach: number | null
  /** That it is over already, which no event says. */
  readonly over: number
  readonly next: ReadonlyArray<{ readonly activity: string; readonly probability: number }>
  /** It waits for longer than any case like it did: it is over, or lost; its times mean nothing. */
  readonly beyond: boolean
  readonly basis?: Basis
}

export interface TopicOutcome {
  /** Time of the latest event: what `now` is to all of this; null without events. */
  readonly now: string | null
  readonly learnt_cases: number
  /** Cases that were heard of and do not count as ended, whether or not there is anything yet to predict them by. */
  readonly open_cases: number
  /** The most at risk first, then what ends first; last those of which nothing can be said. */
  readonly running: RunningRow[]
  readonly published: number
  readonly counts: SourceCounts & RunningCases['counts']
}

/**
 * Learns from the events of the topic and predicts the cases that go on at the time of the latest of them.
 * @throws SHITOPS_E_FILE, SHITOPS_E_USAGE, SHITOPS_E_TOPIC_UNKNOWN, SHITOPS_E_BUS_CORRUPT
 */
export async function predictTopic(flags: TopicFlags, options: TopicOptions, context: SourceContext): Promise<TopicOutcome> {
  const predictor = new Predictor({ utcOffsetMinutes: options.utcOffsetMinutes })
  const running = new RunningCases(predictor, { idleMs: options.idleMs })
  const counts: SourceCounts = { events: 0, bad: 0 }
  const saved = flags.state === undefined ? undefined : await readState(flags.state)
  const offsets = new Map<string, number>(Object.entries(saved?.offsets ?? {}))
  if (saved) {
    predictor.load(saved.predictor)
    running.load(saved.running)
  } else if (flags.train) {
    const placed = workflowEvents(flags.train, { process: flags.process, map: flags.map, zone: flags.zone }, context, { events: 0, bad: 0 })
    for (const { id, steps } of await logCases(bare(placed))) running.learn(steps, id)
  }
  let bus: Bus | undefined
  const open = async () => {
    bus = await context.open()
    return bus
  }
  const topic = { process: flags.process, from: flags.from, to: flags.to }
  const processes = new Set<string>()
  for await (const { event, place } of workflowEvents([], topic, { ...context, open }, counts)) {
    if ('topic' in place) {
      const partition = String(place.partition)
      if (place.offset < (offsets.get(partition) ?? 0)) continue
      offsets.set(partition, place.offset + 1)
    }
    if (event.process !== undefined) processes.add(event.process)
    running.take(event)
  }
  if (processes.size > 1)
    context.logger.warn(`several processes are predicted as one: ${[...processes].sort().join(', ')}; --process takes one`)
  if (flags.state !== undefined && !context.signal.aborted) {
    await writeState(flags.state, { predictor: predictor.save(), running: running.save(), offsets: Object.fromEntries(offsets) })
  }
  const rows = predictor.cases === 0 ? [] : [...running.values()].map((found) => rowOf(predictor, running, found, options)).sort(byRisk)
  const published = options.publish && bus ? await publish(bus, rows, running, options) : 0
  const now = Number.isFinite(running.now) ? toEventTime(running.now) : null
  return {
    now,
    learnt_cases: predictor.cases,
    open_cases: running.size,
    running: rows,
    published,
    counts: { ...counts, ...running.counts },
  }
}

function rowOf(
  predictor: Predictor,
  running: RunningCases,
  { id, state, deadline }: RunningCase,
  { deadlineMs, explain }: TopicOptions,
): RunningRow {
  const due = deadline ?? (deadlineMs === undefined ? undefined : state.first + deadlineMs)
  const { now } = running
  const { p10, p50, p90, next, breach, survived, beyond } = outlookOf(predictor, state, due, now)
  const over = running.end.over(state.activity, survived)
  const end = (seconds: number) => toEventTime(now + Math.round(seconds * 1_000))
  return {
    case: id,
    activity: state.activity,
    steps: state.steps,
    last: toEventTime(state.last),
    p10_end: end(p10),
    p50_end: end(p50),
    p90_end: end(p90),
    deadline: due === undefined ? null : toEventTime(due),
    breach: breach === undefined ? null : breach * (1 - over),
    over,
    next,
    beyond,
    ...(explain && { basis: basisOf(predictor, state) }),
  }
}

const byRisk = (a: RunningRow, b: RunningRow): number =>
  Number(a.beyond) - Number(b.beyond) ||
  (b.breach ?? -1) - (a.breach ?? -1) ||
  (a.p50_end < b.p50_end ? -1 : a.p50_end > b.p50_end ? 1 : 0) ||
  (a.case < b.case ? -1 : 1)

async function publish(bus: Bus, rows: readonly RunningRow[], { now }: RunningCases, { threshold }: TopicOptions): Promise<number> {
  const records = rows
    .filter(({ deadline }) => deadline !== null && Date.parse(deadline) > now)
    .map((row) => breachRecord(row, now, threshold))
  if (records.length === 0) return 0
  await createMissing(bus, ['insights'])
  await bus.append('insights', records)
  return records.length
}

async function* bare<Event>(placed: AsyncIterable<{ event: Event }>): AsyncGenerator<Event> {
  for await (const { event } of placed) yield event
}
