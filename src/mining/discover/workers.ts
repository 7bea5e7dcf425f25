import { LossyCounter, type LossyState } from '../sketch/lossy-counter.ts'
import { QuantileSketch, type QuantileState } from '../sketch/quantile-sketch.ts'

const DAY_MS = 86_400_000

/** Load of a person or team. A day is one in UTC. */
export interface WorkerStats {
  weight: number
  days: number
  day: number
  today: number
  /** Steps of its busiest day. */
  most: number
  /** Steps of each day on which it did any, but for the present one. */
  perDay: QuantileSketch
}

type SavedWorker = Omit<WorkerStats, 'perDay'> & { perDay: QuantileState }
export type WorkerState = LossyState<number, SavedWorker>

/** How much each person or team does, a day at a time; steps come in order of time. */
export class Workers {
  readonly counter: LossyCounter<number, WorkerStats>

  constructor(width: number) {
    this.counter = new LossyCounter(width, () => ({ weight: 0, days: 0, day: -1, today: 0, most: 0, perDay: new QuantileSketch() }))
  }

  add(worker: number, time: number, weight: number): void {
    const stats = this.counter.add(worker)
    stats.weight += weight
    const day = Math.floor(time / DAY_MS)
    if (day > stats.day) {
      if (stats.today > 0) stats.perDay.add(stats.today)
      stats.day = day
      stats.days++
      stats.today = 0
    }
    stats.today++
    stats.most = Math.max(stats.most, stats.today)
  }

  scale(factor: number): void {
    for (const stats of this.counter.payloads()) stats.weight *= factor
  }

  save(): WorkerState {
    return this.counter.save((stats) => ({ ...stats, perDay: stats.perDay.save() }))
  }

  load(state: WorkerState): void {
    this.counter.load(state, (saved) => ({ ...saved, perDay: QuantileSketch.load(saved.perDay) }))
  }
}
