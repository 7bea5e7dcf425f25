import { Distribution } from './distribution.ts'
import type { Step } from './step.ts'
import { binOf } from './time-bins.ts'

const DAY = 86_400_000
/** An activity ends cases when it came in so many ended ones and was the last in this share of them. */
const FEWEST_ENDS = 10
const SHARE = 0.97
const MOST_ACTIVITIES = 1_000
/** Nothing was heard for so many times what 99 % of the waits within cases took: it is over. */
const PATIENCE = 3
/** Fewer waits tell nothing. */
const FEWEST_WAITS = 100
const UNKNOWN_IDLE = 90 * DAY

/**
 * When a case is over. Nothing in the events says so; it is learnt: after an activity that nearly always was the last, at once; else when nothing was
 * heard of it for much longer than cases wait.
 */
export class CaseEnd {
  readonly #idle: number | undefined
  readonly #activities = new Map<string, { seen: number; ends: number }>()
  readonly #waits = new Distribution()
  #countedWaits = 0

  /** @param idleMs how long nothing may be heard of a case that goes on; learnt where absent */
  constructor(idleMs?: number) {
    this.#idle = idleMs
  }

  /** A case that is over, as far as one knows. */
  learn(steps: readonly Step[]): void {
    const seen = new Set(steps.map(({ activity }) => activity))
    const last = steps.at(-1)?.activity
    for (const activity of seen) {
      let counts = this.#activities.get(activity)
      if (!counts) {
        if (this.#activities.size >= MOST_ACTIVITIES) continue
        counts = { seen: 0, ends: 0 }
        this.#activities.set(activity, counts)
      }
      counts.seen++
      if (activity === last) counts.ends++
    }
    for (let i = 1; i < steps.length; i++) {
      this.#waits.add(binOf(((steps[i] as Step).time - (steps[i - 1] as Step).time) / 1_000), 1)
      this.#countedWaits++
    }
  }

  /** A case went on after it was thought to be over. */
  wasWrong(activity: string): void {
    const counts = this.#activities.get(activity)
    if (counts && counts.ends > 0) counts.ends--
  }

  /** The share of cases with this activity that ended with it. */
  probability(activity: string): number {
    const { seen, ends } = this.#activities.get(activity) ?? { seen: 0, ends: 0 }
    return ends / (seen + 1)
  }

  /**
   * That a case is over which came to this activity and was silent since (Bayes).
   * @param survived the share of cases that go on from there and would be silent for as long
   */
  over(activity: string, survived: number): number {
    const ends = this.probability(activity)
    return ends === 0 ? 0 : ends / (ends + (1 - ends) * survived)
  }

  endsWith(activity: string): boolean {
    const counts = this.#activities.get(activity)
    return counts !== undefined && counts.ends >= FEWEST_ENDS && counts.ends >= SHARE * counts.seen
  }

  /** How long nothing may be heard of a case, in ms. */
  get idleMs(): number {
    if (this.#idle !== undefined) return this.#idle
    return this.#countedWaits < FEWEST_WAITS ? UNKNOWN_IDLE : Math.max(DAY, PATIENCE * this.#waits.quantile(0.99) * 1_000)
  }

  save(): unknown {
    return [[...this.#activities].map(([name, { seen, ends }]) => [name, seen, ends]), this.#waits.save(), this.#countedWaits]
  }

  load(saved: unknown): void {
    const [activities, waits, counted] = saved as [Array<[string, number, number]>, unknown, number]
    for (const [name, seen, ends] of activities) this.#activities.set(name, { seen, ends })
    this.#waits.load(waits)
    this.#countedWaits = counted
  }
}
