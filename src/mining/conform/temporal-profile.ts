import type { WorkflowEvent } from '../../events/event-types.ts'
import { Names } from '../discover/names.ts'
import { stepOf } from '../discover/step.ts'
import { LossyCounter } from '../sketch/lossy-counter.ts'
import { QuantileSketch } from '../sketch/quantile-sketch.ts'

/** How long it takes from one activity to a later one of the same case: of the logarithm of seconds + 1 the middle and the spread. */
export interface PairProfile {
  from: string
  to: string
  n: number
  /** Seconds. */
  p50_s: number
  /** Of ln(1 + s): median, and the deviation that a normal distribution of the same interquartile range has. */
  centre: number
  spread: number
}

/** A temporal profile (Stertz, Mangler, Rinderle-Ma, 2020), robust: quartiles of log-durations in place of mean and deviation. */
export interface TemporalProfile {
  pairs: PairProfile[]
  cases: number
  first: string | null
  last: string | null
}

/** Interquartile range of a normal distribution of deviation 1. */
const NORMAL_IQR = 1.349
/** Durations that differ by less than a tenth are never unusual. */
const LEAST_SPREAD = Math.log(1.1)
const MOST_ACTIVITIES = 1_024
/** Activities of one case that later ones are compared with. */
const MOST_BEFORE = 64
const WIDTH = 100_000
const MOST_CASES = 200_000

/** Learns a temporal profile from events, those of a case in their order; bounded memory. */
export class ProfileLearner {
  readonly #names = new Names(MOST_ACTIVITIES)
  readonly #pairs = new LossyCounter<number, QuantileSketch>(WIDTH, () => new QuantileSketch())
  readonly #open = new Map<string, Map<number, number>>()
  #cases = 0
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  observe(event: WorkflowEvent): void {
    if (event.lifecycle !== 'completed') return
    const { caseId, activity, time } = stepOf(event)
    this.#first = Math.min(this.#first, time)
    this.#last = Math.max(this.#last, time)
    const to = this.#names.id(activity)
    let before = this.#open.get(caseId)
    if (before) this.#open.delete(caseId)
    else {
      before = new Map()
      this.#cases++
    }
    this.#open.set(caseId, before)
    if (this.#open.size > MOST_CASES) this.#open.delete(this.#open.keys().next().value as string)
    for (const [from, at] of before) this.#pairs.add(from * MOST_ACTIVITIES + to).add(Math.max(0, time - at))
    if (before.size < MOST_BEFORE || before.has(to)) before.set(to, time)
  }

  /** @param least pairs seen less often are left out: nothing is usual about them */
  profile(least: number): TemporalProfile {
    const pairs = [...this.#pairs.entries()]
      .filter(([, { payload }]) => payload.n >= least)
      .map(([key, { payload }]) => {
        const [q1 = 0, q2 = 0, q3 = 0] = payload.quantiles([0.25, 0.5, 0.75]).map((ms) => Math.log1p(ms / 1000))
        return {
          from: this.#names.name(Math.floor(key / MOST_ACTIVITIES)),
          to: this.#names.name(key % MOST_ACTIVITIES),
          n: payload.n,
          p50_s: Math.round(Math.expm1(q2) * 1000) / 1000,
          centre: q2,
          spread: Math.max(LEAST_SPREAD, (q3 - q1) / NORMAL_IQR),
        }
      })
      .sort((a, b) => b.n - a.n || (a.from + a.to < b.from + b.to ? -1 : 1))
    const at = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : null)
    return { pairs, cases: this.#cases, first: at(this.#first), last: at(this.#last) }
  }
}

/** A profile from its JSON text, or undefined when it is none. */
export function profileOf(text: string): TemporalProfile | undefined {
  try {
    const value = JSON.parse(text) as TemporalProfile
    const good = ({ from, to, n, p50_s, centre, spread }: PairProfile) =>
      typeof from === 'string' && typeof to === 'string' && [n, p50_s, centre, spread].every(Number.isFinite) && spread > 0
    return Array.isArray(value.pairs) && value.pairs.every(good) ? value : undefined
  } catch {
    return undefined
  }
}
