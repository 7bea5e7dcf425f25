import type { WorkflowEvent } from '../../events/event-types.ts'
import { Decay } from '../sketch/decay.ts'
import { LossyCounter } from '../sketch/lossy-counter.ts'
import { QuantileSketch } from '../sketch/quantile-sketch.ts'
import { Batches } from './batches.ts'
import { flowKey, MOST_ACTIVITIES, MOST_WORKERS, OUTSIDE } from './flow-key.ts'
import { MINER_DEFAULTS, type MinerOptions, type MinerState, type Totals } from './miner-state.ts'
import { Names } from './names.ts'
import { LONGEST_TRACE, MOST_RUNNING, MOST_SEEN, type OpenCase, OpenCases } from './open-cases.ts'
import {
  type ActivityStats,
  type FlowStats,
  type HandoverStats,
  loadStats,
  newActivity,
  newTimed,
  saveStats,
  scaleStats,
  type VariantStats,
} from './stats.ts'
import { type Step, stepOf } from './step.ts'
import { Workers } from './workers.ts'

/**
 * Learns the map of a process and its figures from events, one by one, in bounded memory: `observe` all, ask for a report (report.ts) at any time.
 *
 * Events of one case come in their order; events of all in order of time, as far as day loads and batches are to be right. `save` gives a state
 * that is plain JSON; a miner that goes on from it is the same as one that was never stopped.
 */
export class ProcessMiner {
  readonly options: MinerOptions
  totals: Totals = { events: 0, steps: 0, ended: 0, crowdedOut: 0, late: 0, first: null, last: null }
  readonly names = new Names(MOST_ACTIVITIES)
  readonly workerNames = new Names(MOST_WORKERS)
  activities: ActivityStats[] = []
  readonly flows: LossyCounter<number, FlowStats>
  readonly variants: LossyCounter<string, VariantStats>
  readonly handovers: LossyCounter<string, HandoverStats>
  readonly workers: Workers
  readonly batches: Batches
  /** Duration of cases, first step to last, ms; and their numbers of steps. */
  throughput = new QuantileSketch()
  lengths = new QuantileSketch()
  decay: Decay
  readonly #open: OpenCases

  constructor(options: Partial<MinerOptions> = {}) {
    this.options = { ...MINER_DEFAULTS, ...options }
    const { width, batch, openCases, halfLifeMs } = this.options
    this.decay = new Decay(halfLifeMs)
    this.flows = new LossyCounter(width, newTimed)
    this.variants = new LossyCounter(width, newTimed)
    this.handovers = new LossyCounter(width, newTimed)
    this.workers = new Workers(width)
    this.batches = new Batches(batch, width)
    this.#open = new OpenCases(openCases)
  }

  get openCases(): number {
    return this.#open.size
  }

  observe(event: WorkflowEvent): void {
    const step = stepOf(event)
    this.totals.events++
    const { lifecycle, time } = step
    if (lifecycle === this.options.lifecycle) {
      this.#makeRoomFor(time)
      this.#step(step)
    } else if (lifecycle === 'started' || lifecycle === 'suspended' || lifecycle === 'resumed') this.#timing(step)
  }

  /** A copy in which every open case has ended: what a report is made of. */
  ended(): ProcessMiner {
    const copy = ProcessMiner.load(this.save(), this.options)
    for (const open of copy.#open.idle(() => true)) copy.#end(open)
    return copy
  }

  /** Old weights become smaller now and then, and cases that are over make room. */
  #makeRoomFor(time: number): void {
    const factor = this.decay.rescaleFor(time)
    if (factor !== 1) this.#scale(factor)
    const { idleMs } = this.options
    if (idleMs === undefined) return
    for (const open of this.#open.idle(({ heard }) => heard < time - idleMs)) this.#end(open)
  }

  #case(id: string, time: number): OpenCase {
    const { found, gone } = this.#open.touch(id, time)
    if (gone) {
      this.totals.crowdedOut++
      this.#end(gone)
    }
    return found
  }

  /** When work on an activity began, stopped and went on; a case that is only started has no step yet. */
  #timing({ caseId, activity, lifecycle, time }: Step): void {
    const id = this.names.id(activity)
    const { running } = this.#case(caseId, time)
    const found = running.find((each) => each.activity === id)
    if (lifecycle === 'started') {
      // Of two starts the first counts: the time between was service, too.
      if (!found && running.length < MOST_RUNNING) running.push({ activity: id, since: time, pausedMs: 0, suspended: null })
    } else if (found && lifecycle === 'suspended') found.suspended ??= time
    else if (found && found.suspended !== null) {
      found.pausedMs += Math.max(0, time - found.suspended)
      found.suspended = null
    }
  }

  #step({ time, caseId, activity: name, person, team }: Step): void {
    const { totals } = this
    totals.steps++
    totals.first = Math.min(totals.first ?? time, time)
    totals.last = Math.max(totals.last ?? time, time)
    const weight = this.decay.weight(time)
    const activity = this.names.id(name)
    const open = this.#case(caseId, time)
    const stats = this.#activity(activity)
    stats.steps++
    stats.weight += weight
    const began = open.steps === 0
    const before = began ? time : open.last
    if (time < before) totals.late++
    const gap = Math.max(0, time - before)
    this.#flow(open.activity, activity, gap, weight)
    if (began) {
      open.first = time
      stats.starts++
    } else stats.sojourn.add(gap, weight)
    if (open.activity === activity) stats.selfLoops++
    this.#service(open, stats, activity, began ? undefined : before, time, weight)
    this.#rework(open, stats, activity, time, weight)
    this.#work(open, { activity, caseId, time, gap, weight, began, person, team })
    open.last = Math.max(time, before)
    open.steps++
    open.activity = activity
    if (open.trace.length < LONGEST_TRACE) open.trace += String.fromCharCode(activity)
  }

  #service(open: OpenCase, stats: ActivityStats, activity: number, before: number | undefined, time: number, weight: number): void {
    const at = open.running.findIndex((each) => each.activity === activity)
    const [running] = at < 0 ? [] : open.running.splice(at, 1)
    if (!running) return
    const paused = running.pausedMs + (running.suspended === null ? 0 : Math.max(0, time - running.suspended))
    stats.service.add(Math.max(0, time - running.since - paused), weight)
    if (before !== undefined) stats.waiting.add(Math.max(0, running.since - before), weight)
  }

  #rework({ seen }: OpenCase, stats: ActivityStats, activity: number, time: number, weight: number): void {
    const found = seen.find(([id]) => id === activity)
    if (found) {
      stats.repeats++
      stats.rework.add(Math.max(0, time - found[1]), weight)
      found[1] = time
    } else if (seen.length < MOST_SEEN) seen.push([activity, time])
  }

  #work(open: OpenCase, step: WorkedStep): void {
    const { activity, caseId, time, gap, weight, began } = step
    const person = step.person === undefined ? -1 : this.workerNames.id(step.person)
    const team = step.team === undefined ? -1 : this.workerNames.id(step.team)
    const { by } = this.options
    const [worker, previous] = by === 'person' ? [person, open.person] : [team, open.team]
    if (worker >= 0) this.workers.add(worker, time, weight)
    if (worker >= 0 && previous >= 0 && !began && worker !== previous) timed(this.handovers.add(`${previous}/${worker}`), gap, weight)
    const doer = person >= 0 ? person : team
    if (doer >= 0) this.batches.add(activity, doer, caseId, time)
    open.person = person
    open.team = team
  }

  #activity(id: number): ActivityStats {
    while (this.activities.length <= id) this.activities.push(newActivity())
    return this.activities[id] as ActivityStats
  }

  #flow(from: number, to: number, gap: number, weight: number): void {
    timed(this.flows.add(flowKey(from, to)), gap, weight)
  }

  #end({ steps, activity, trace, first, last }: OpenCase): void {
    if (steps === 0) return
    this.totals.ended++
    const weight = this.decay.weight(last)
    this.#activity(activity).ends++
    this.#flow(activity, OUTSIDE, 0, weight)
    timed(this.variants.add(trace), last - first, weight)
    this.throughput.add(last - first, weight)
    this.lengths.add(steps, weight)
  }

  #scale(factor: number): void {
    for (const stats of [this.activities, this.flows.payloads(), this.variants.payloads(), this.handovers.payloads()].flat())
      scaleStats(stats, factor)
    this.workers.scale(factor)
    this.throughput.scale(factor)
    this.lengths.scale(factor)
  }

  save(): MinerState {
    return {
      landmark: this.decay.landmark ?? null,
      totals: { ...this.totals },
      names: this.names.save(),
      workerNames: this.workerNames.save(),
      open: this.#open.save(),
      activities: this.activities.map(saveStats),
      flows: this.flows.save(saveStats),
      variants: this.variants.save(saveStats),
      handovers: this.handovers.save(saveStats),
      workers: this.workers.save(),
      batches: this.batches.save(),
      throughput: this.throughput.save(),
      lengths: this.lengths.save(),
    }
  }

  /** @param options those of the miner that was saved: they are not part of the state */
  static load(state: MinerState, options: Partial<MinerOptions> = {}): ProcessMiner {
    const miner = new ProcessMiner(options)
    miner.decay = new Decay(miner.options.halfLifeMs, state.landmark ?? undefined)
    miner.totals = { ...state.totals }
    miner.names.load(state.names)
    miner.workerNames.load(state.workerNames)
    miner.#open.load(state.open)
    miner.activities = state.activities.map((saved) => loadStats<ActivityStats>(saved))
    miner.flows.load(state.flows, (saved) => loadStats<FlowStats>(saved))
    miner.variants.load(state.variants, (saved) => loadStats<VariantStats>(saved))
    miner.handovers.load(state.handovers, (saved) => loadStats<HandoverStats>(saved))
    miner.workers.load(state.workers)
    miner.batches.load(state.batches)
    miner.throughput = QuantileSketch.load(state.throughput)
    miner.lengths = QuantileSketch.load(state.lengths)
    return miner
  }
}

interface WorkedStep {
  activity: number
  caseId: string
  time: number
  gap: number
  weight: number
  began: boolean
  person: string | undefined
  team: string | undefined
}

function timed(stats: { weight: number; time: QuantileSketch }, gap: number, weight: number): void {
  stats.weight += weight
  stats.time.add(gap, weight)
}
