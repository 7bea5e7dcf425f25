import { LossyCounter, type LossyState } from '../sketch/lossy-counter.ts'
import { QuantileSketch, type QuantileState } from '../sketch/quantile-sketch.ts'

/** Steps of one worker that may become a batch. */
interface Run {
  n: number
  /** Of the last of them; ms since the epoch. */
  last: number
  lastCase: string
}

interface BatchStats {
  batches: number
  steps: number
  sizes: QuantileSketch
}

/** Steps of one activity done in batches. */
export interface Batching extends BatchStats {
  activity: number
}

export interface BatchState {
  runs: LossyState<string, Run>
  activities: Array<[number, { batches: number; steps: number; sizes: QuantileState }]>
}

export interface BatchOptions {
  /** A batch ends when its worker does no step of the kind for so long. */
  gapMs: number
  /** Fewer in a row are no batch. */
  least: number
}

/**
 * Tells work that is done in batches: one worker takes many cases through one activity, one right after the other, as with payment runs. Steps come in
 * order of time. What a worker never does again is judged at the end.
 */
export class Batches {
  readonly #options: BatchOptions
  readonly #runs: LossyCounter<string, Run>
  #activities = new Map<number, BatchStats>()

  constructor(options: BatchOptions, width: number) {
    this.#options = options
    this.#runs = new LossyCounter(width, () => ({ n: 0, last: Number.NEGATIVE_INFINITY, lastCase: '' }))
  }

  add(activity: number, worker: number, caseId: string, time: number): void {
    const run = this.#runs.add(`${activity}/${worker}`)
    if (time - run.last > this.#options.gapMs) {
      this.#end(activity, run)
      run.n = 0
    }
    // Twice the same case is rework, not a batch.
    if (caseId !== run.lastCase) run.n++
    run.last = Math.max(run.last, time)
    run.lastCase = caseId
  }

  /** Ended batches and those that are going on. */
  result(): Batching[] {
    const copy = new Batches(this.#options, 1)
    copy.#activities = new Map(loadActivities(saveActivities(this.#activities)))
    for (const [key, { payload }] of this.#runs.entries()) copy.#end(Number.parseInt(key, 10), payload)
    return Array.from(copy.#activities, ([activity, stats]) => ({ activity, ...stats }))
  }

  #end(activity: number, { n }: Run): void {
    if (n < this.#options.least) return
    let stats = this.#activities.get(activity)
    if (!stats) {
      stats = { batches: 0, steps: 0, sizes: new QuantileSketch() }
      this.#activities.set(activity, stats)
    }
    stats.batches++
    stats.steps += n
    stats.sizes.add(n)
  }

  save(): BatchState {
    return {
      runs: this.#runs.save((run) => ({ ...run, last: Number.isFinite(run.last) ? run.last : 0 })),
      activities: saveActivities(this.#activities),
    }
  }

  load({ runs, activities }: BatchState): void {
    this.#runs.load(runs, (run) => ({ ...run }))
    this.#activities = new Map(loadActivities(activities))
  }
}

const saveActivities = (all: ReadonlyMap<number, BatchStats>): BatchState['activities'] =>
  Array.from(all, ([activity, { batches, steps, sizes }]) => [activity, { batches, steps, sizes: sizes.save() }])

const loadActivities = (saved: BatchState['activities']): Array<[number, BatchStats]> =>
  saved.map(([activity, { sizes, ...counts }]) => [activity, { ...counts, sizes: QuantileSketch.load(sizes) }])
