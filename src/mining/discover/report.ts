import { toEventTime } from '../../events/index.ts'
import type { Counted } from '../sketch/lossy-counter.ts'
import type { QuantileSketch } from '../sketch/quantile-sketch.ts'
import { bottlenecksOf } from './bottlenecks.ts'
import { flowOf, OUTSIDE } from './flow-key.ts'
import type { ActivityModel, BatchModel, FlowModel, HandoverModel, ProcessModel, Times, VariantModel, WorkerModel } from './model.ts'
import { LONGEST_TRACE } from './open-cases.ts'
import type { ProcessMiner } from './process-miner.ts'
import { newActivity, type VariantStats } from './stats.ts'

/** All that a miner has learned, the most frequent first. Cases that are open count as if they had ended; the miner goes on unchanged. */
export function report(miner: ProcessMiner): ProcessModel {
  const done = miner.ended()
  const { totals, options } = done
  const flows = flowsOf(done)
  const activities = activitiesOf(done)
  const variants = variantsOf(done)
  const cases = done.throughput.weight
  const unit = unitOf(done)
  const measured = done.activities.some(({ service }) => service.n > 0)
  const sumOf = (of: 'waiting' | 'service') =>
    measured ? seconds(done.activities.reduce((sum, stats) => sum + stats[of].sum, 0) * unit) : null
  return {
    events: totals.events,
    steps: totals.steps,
    cases: totals.ended,
    open_cases: totals.ended - miner.totals.ended,
    crowded_out_cases: totals.crowdedOut,
    late_steps: totals.late,
    first: totals.first === null ? null : toEventTime(totals.first),
    last: totals.last === null ? null : toEventTime(totals.last),
    half_life_s: options.halfLifeMs === undefined ? null : options.halfLifeMs / 1000,
    error_at_most: { flows: done.flows.errorAtMost, variants: done.variants.errorAtMost },
    throughput: throughputOf(done.throughput),
    steps_per_case: lengthsOf(done.lengths),
    waiting_s: sumOf('waiting'),
    service_s: sumOf('service'),
    happy_path: variants[0] ?? null,
    straight_share: cases > 0 ? straightWeight(done) / cases : null,
    variants_known: variants.length,
    activities,
    flows,
    variants,
    bottlenecks: bottlenecksOf(flows),
    by: options.by,
    handovers: handoversOf(done),
    workers: workersOf(done),
    batches: batchesOf(done),
  }
}

function activitiesOf(miner: ProcessMiner): ActivityModel[] {
  const { activities, names } = miner
  const unit = unitOf(miner)
  const all = activities.reduce((sum, { weight }) => sum + weight, 0)
  return activities
    .map((stats, id) => ({
      activity: names.name(id),
      steps: stats.steps,
      cases: stats.steps - stats.repeats,
      share: all > 0 ? stats.weight / all : 0,
      starts: stats.starts,
      ends: stats.ends,
      repeats: stats.repeats,
      self_loops: stats.selfLoops,
      sojourn: timesOf(stats.sojourn),
      waiting: timesOf(stats.waiting),
      service: timesOf(stats.service),
      rework_s: seconds(stats.rework.sum * unit),
    }))
    .filter(({ steps }) => steps > 0)
    .sort((a, b) => b.steps - a.steps || compare(a.activity, b.activity))
}

function flowsOf({ flows, names }: ProcessMiner): FlowModel[] {
  const entries = [...flows.entries()]
  const all = entries.reduce((sum, [, { payload }]) => sum + payload.weight, 0)
  const allTime = entries.reduce((sum, [, { payload }]) => sum + payload.time.sum, 0)
  const name = (id: number) => (id === OUTSIDE ? null : names.name(id))
  return entries
    .map(([key, { count, payload }]) => {
      const [from, to] = flowOf(key)
      const inner = from !== OUTSIDE && to !== OUTSIDE
      return {
        from: name(from),
        to: name(to),
        count,
        share: all > 0 ? payload.weight / all : 0,
        time: inner ? timesOf(payload.time) : null,
        time_share: allTime > 0 ? payload.time.sum / allTime : 0,
      }
    })
    .sort((a, b) => b.count - a.count || compare(a.from ?? '', b.from ?? '') || compare(a.to ?? '', b.to ?? ''))
}

function variantsOf({ variants, names, throughput }: ProcessMiner): VariantModel[] {
  return [...variants.entries()]
    .map(([trace, { count, payload }]) => ({
      activities: Array.from(trace, (unit) => names.name(unit.charCodeAt(0))),
      cases: count,
      share: throughput.weight > 0 ? payload.weight / throughput.weight : 0,
      time: timesOf(payload.time),
      cut: trace.length >= LONGEST_TRACE,
    }))
    .sort((a, b) => b.share - a.share || b.cases - a.cases || compare(a.activities.join('\0'), b.activities.join('\0')))
}

function straightWeight({ variants }: ProcessMiner): number {
  const straight = ([trace]: [string, Counted<VariantStats>]) => new Set(trace).size === trace.length
  return [...variants.entries()].filter(straight).reduce((sum, [, { payload }]) => sum + payload.weight, 0)
}

function handoversOf({ handovers, workerNames }: ProcessMiner): HandoverModel[] {
  return [...handovers.entries()]
    .map(([key, { count, payload }]) => {
      const [from = -1, to = -1] = key.split('/').map(Number)
      return { from: workerNames.name(from), to: workerNames.name(to), count, time: timesOf(payload.time) }
    })
    .sort((a, b) => b.count - a.count || compare(a.from, b.from) || compare(a.to, b.to))
}

function workersOf({ workers, workerNames }: ProcessMiner): WorkerModel[] {
  const entries = [...workers.counter.entries()]
  const all = entries.reduce((sum, [, { payload }]) => sum + payload.weight, 0)
  return entries
    .map(([id, { count, payload }]) => ({
      worker: workerNames.name(id),
      steps: count,
      share: all > 0 ? payload.weight / all : 0,
      days: payload.days,
      steps_per_day: count / payload.days,
      busiest_day: payload.most,
    }))
    .sort((a, b) => b.steps - a.steps || compare(a.worker, b.worker))
}

function batchesOf(miner: ProcessMiner): BatchModel[] {
  return miner.batches
    .result()
    .map(({ activity, batches, steps, sizes }) => ({
      activity: miner.names.name(activity),
      batches,
      steps,
      share: steps / (miner.activities[activity] ?? newActivity()).steps,
      median_size: Math.round(sizes.quantile(0.5)),
    }))
    .sort((a, b) => b.steps - a.steps || compare(a.activity, b.activity))
}

function timesOf(sketch: QuantileSketch): Times | null {
  if (!(sketch.weight > 0)) return null
  const [p10 = 0, p50 = 0, p90 = 0] = sketch.quantiles([0.1, 0.5, 0.9])
  return {
    n: sketch.n,
    mean_s: seconds(sketch.mean),
    p10_s: seconds(p10),
    p50_s: seconds(p50),
    p90_s: seconds(p90),
    max_s: seconds(sketch.max),
  }
}

function throughputOf(sketch: QuantileSketch): ProcessModel['throughput'] {
  const times = timesOf(sketch)
  if (!times) return null
  const [p25 = 0, p75 = 0, p95 = 0, p99 = 0] = sketch.quantiles([0.25, 0.75, 0.95, 0.99])
  return { ...times, p25_s: seconds(p25), p75_s: seconds(p75), p95_s: seconds(p95), p99_s: seconds(p99) }
}

function lengthsOf(sketch: QuantileSketch): ProcessModel['steps_per_case'] {
  if (!(sketch.weight > 0)) return null
  const [p50 = 0, p90 = 0] = sketch.quantiles([0.5, 0.9])
  return { mean: sketch.mean, p50: Math.round(p50), p90: Math.round(p90), max: sketch.max }
}

/** What turns weights into those as of the last event: then one of now weighs 1. */
const unitOf = ({ decay, totals }: ProcessMiner): number => 1 / decay.weight(totals.last ?? 0)

/** To the millisecond. */
const seconds = (ms: number): number => Math.round(ms) / 1000

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
