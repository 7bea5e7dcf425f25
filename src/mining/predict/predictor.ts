import { CaseState } from './case-state.ts'
import { Distribution } from './distribution.ts'
import { EXPERTS, Experts } from './experts.ts'
import { ACTIVITIES, Features, WIDTH } from './features.ts'
import { FOREST_DEFAULTS, Forest, type ForestOptions } from './forest.ts'
import { Rows } from './rows.ts'
import type { Step } from './step.ts'
import { binOf } from './time-bins.ts'
import { Weights } from './weights.ts'

export interface PredictorOptions {
  /** States of ended cases that are kept for the forest: the newest. */
  readonly rows?: number
  readonly forest?: Partial<ForestOptions>
  /** Minutes that local time is ahead of UTC. */
  readonly utcOffsetMinutes?: number
}

/** The forest comes after the experts. */
const FOREST = EXPERTS.length
const ACTIVITY = EXPERTS.indexOf('activity')
/** Fewest rows for a forest; */
const FIRST_FOREST = 8
/** one of fewer than so many is asked, but not judged: those that come after it are better. */
const FIRST_JUDGED = 60
/** It grows anew when there are so many times the rows it grew on, or first enough for it to be judged … */
const GROWTH = 2
/** … and no later than after this share of all rows that are kept. */
const RENEWAL = 1
/** With fewer judgements nobody is preferred by them … */
const FEW_JUDGED = 300
/** … and counts by activity speak alone where they are of so many rows, */
const ENOUGH_ALONE = 8
/** else everybody together, of which the forest has so much and the experts the same each. */
const FOREST_OF_ALL = 0.4
/** States of an ended case that judge the predictors, at most; one once so many were judged; and states of it that are learnt. */
const JUDGED = 5
const MANY_JUDGED = 2_000
const LEARNT = 100
/** What a predictor that never saw an activity in a state is taken to have said. */
const LEAST_PROBABILITY = 0.002
/** Ended cases whose names are kept, to be shown as similar. */
const NAMES = 20_000

/** What is known of a case that is not over. */
export interface Prediction {
  /** How long it will still take; until the next prediction. */
  readonly left: Distribution
  /** By the number of the activity its probability; good until the next prediction. */
  readonly next: Float64Array
}

/** Remaining time and next activity of cases, learnt from cases that ended. What it says of a state depends on the cases it learnt alone. */
export class Predictor {
  readonly #forestOptions: ForestOptions
  readonly #rows: Rows
  readonly features: Features
  readonly experts: Experts
  readonly #weights = new Weights(EXPERTS.length + 1)
  /** By how well they told the next activity. */
  readonly #nextWeights = new Weights(EXPERTS.length + 1)
  #forest: Forest | undefined
  /** Rows there had been when the forest grew. */
  #grownAt = 0
  #cases = 0
  readonly #names = new Map<number, string>()
  #judged = 0
  readonly #row = new Float32Array(WIDTH)
  readonly #left = new Distribution()
  readonly #one = new Distribution()
  readonly #next = new Float64Array(ACTIVITIES + 1)

  constructor({ rows = 40_000, forest, utcOffsetMinutes = 0 }: PredictorOptions = {}) {
    this.#forestOptions = { ...FOREST_DEFAULTS, ...forest }
    this.#rows = new Rows(rows)
    this.features = new Features(utcOffsetMinutes)
    this.experts = new Experts(utcOffsetMinutes)
  }

  /** Cases learnt. */
  get cases(): number {
    return this.#cases
  }

  /** How much each predictor counts for a state: the experts in their order, then the forest. The best expert and the forest, by how they did. */
  #mixed(judged: Weights, keys: readonly string[]): Float64Array {
    if (this.#judged < FEW_JUDGED) return this.#unjudged(keys)
    const weights = new Float64Array(FOREST + 1)
    const expert = judged.best(FOREST)
    const share = Number.isNaN(judged.loss(FOREST)) ? 0 : judged.share(FOREST, expert)
    weights[FOREST] = share
    weights[expert] = 1 - share
    return weights
  }

  /** The same before enough was judged: plain counts by activity, or where these are few, everybody. */
  #unjudged(keys: readonly string[]): Float64Array {
    const weights = new Float64Array(FOREST + 1)
    if (this.experts.count(ACTIVITY, keys) >= ENOUGH_ALONE) {
      weights[ACTIVITY] = 1
      return weights
    }
    const share = this.#forest ? FOREST_OF_ALL : 0
    weights.fill((1 - share) / FOREST, 0, FOREST)
    weights[FOREST] = share
    return weights
  }

  lossOf(i: number): number {
    return this.#weights.loss(i)
  }

  /** Learns a case that is over, from its steps in order; one of a single step teaches nothing. Gives its running number.
   * @param name for people, when it is shown as similar */
  learn(steps: readonly Step[], name = ''): number {
    const number = this.#cases++
    this.#names.set(number, name)
    if (this.#names.size > NAMES) this.#names.delete(this.#names.keys().next().value as number)
    const states = steps.length - 1
    const stride = Math.ceil(states / LEARNT)
    const judged = this.#judged < MANY_JUDGED ? Math.ceil(states / JUDGED) : Math.max(1, states)
    const end = steps.reduce((latest, { time }) => Math.max(latest, time), Number.NEGATIVE_INFINITY)
    const state = new CaseState()
    const learnt: Array<{ row: Float32Array; keys: string[]; left: number; next: number }> = []
    for (let i = 0; i < states; i++) {
      state.take(steps[i] as Step)
      if ((i + number) % stride !== 0) continue
      const row = new Float32Array(WIDTH)
      this.features.write(state, row, 0, true)
      const seconds = (end - state.last) / 1_000
      const keys = this.experts.keys(state)
      const next = this.features.activities.learn((steps[i + 1] as Step).activity)
      if ((i + number) % judged === 0) this.#judge(row, keys, seconds, next)
      learnt.push({ row, keys, left: binOf(seconds), next })
    }
    // Only now: a case must not be judged by what it told itself.
    for (const { row, keys, left, next } of learnt) {
      this.experts.add(keys, left, next)
      this.#rows.add(row, left, next, number)
      this.#forest?.add(row, left, next, number)
    }
    if (this.#isDue()) this.renew()
    return number
  }

  /** Whether the forest is to grow anew. */
  #isDue(): boolean {
    const { added, most } = this.#rows
    if (added < FIRST_FOREST) return false
    if (this.#grownAt < FIRST_JUDGED && added >= FIRST_JUDGED) return true
    return added - this.#grownAt >= Math.min(this.#grownAt * (GROWTH - 1), most * RENEWAL)
  }

  /** Grows the forest anew from all rows that are kept. */
  renew(): void {
    if (this.#rows.size < FIRST_FOREST) return
    this.#forest = Forest.grow(this.#rows, this.#forestOptions)
    this.#grownAt = this.#rows.added
  }

  /** What is expected of a case in a state, as long as it is not over. Its distribution is empty before any case was learnt. */
  predict(state: CaseState): Prediction {
    const keys = this.experts.keys(state)
    this.features.write(state, this.#row, 0, false)
    const [left, next, weights, nextWeights] = [
      this.#left,
      this.#next,
      this.#mixed(this.#weights, keys),
      this.#mixed(this.#nextWeights, keys),
    ]
    left.clear()
    next.fill(0)
    for (let i = 0; i <= FOREST; i++) {
      const weight = weights[i] as number
      const nextWeight = nextWeights[i] as number
      if (weight <= 0 && nextWeight <= 0) continue
      this.#visit(i, keys, this.#row, (bin, activity, share) => {
        if (weight > 0) left.add(bin, share * weight)
        next[activity] = (next[activity] as number) + share * nextWeight
      })
    }
    return { left, next }
  }

  /** What a prediction of a state goes by: weights and past states by predictor, and how much each ended case counts in the forest. */
  basis(state: CaseState): { weights: Float64Array; past: Float64Array; similar: Map<number, number> } {
    const keys = this.experts.keys(state)
    this.features.write(state, this.#row, 0, false)
    const past = Float64Array.from({ length: FOREST + 1 }, (_, i) => (i < FOREST ? this.experts.count(i, keys) : 0))
    const similar = new Map<number, number>()
    if (this.#forest) {
      past[FOREST] = this.#forest.visit(this.#row, (_, __, ofCase, share) => similar.set(ofCase, (similar.get(ofCase) ?? 0) + share))
    }
    return { weights: this.#mixed(this.#weights, keys), past, similar }
  }

  /** The name that a case was learnt with, by its running number; empty when it was long ago. */
  caseName(number: number): string {
    return this.#names.get(number) ?? ''
  }

  save(): unknown {
    return {
      rows: this.#rows.save(),
      features: this.features.save(),
      experts: this.experts.save(),
      weights: [this.#weights.save(), this.#nextWeights.save()],
      forest: this.#forest?.save() ?? null,
      counts: [this.#grownAt, this.#cases, this.#judged],
      names: [...this.#names],
    }
  }

  /** Into a new one, made with the options of the one that was saved. */
  load(saved: unknown): void {
    const { rows, features, experts, weights, forest, counts, names } = saved as Record<string, unknown>
    this.#rows.load(rows)
    this.features.load(features)
    this.experts.load(experts)
    const [ofTime, ofNext] = weights as [unknown, unknown]
    this.#weights.load(ofTime)
    this.#nextWeights.load(ofNext)
    this.#forest = forest === null ? undefined : Forest.load(forest)
    ;[this.#grownAt, this.#cases, this.#judged] = counts as [number, number, number]
    for (const [number, name] of names as Array<[number, string]>) this.#names.set(number, name)
  }

  #visit(i: number, keys: readonly string[], row: Float32Array, each: (left: number, next: number, share: number) => void): void {
    if (i < FOREST) this.experts.visit(i, keys, each)
    else this.#forest?.visit(row, (left, next, _, share) => each(left, next, share))
  }

  /** Judges every predictor: by how far its median was from what came, and by the logarithm of the probability it gave to the next activity. */
  #judge(row: Float32Array, keys: readonly string[], seconds: number, next: number): void {
    if (this.#rows.added === 0) return
    const losses = new Float64Array(FOREST + 1)
    const nextLosses = new Float64Array(FOREST + 1)
    for (let i = 0; i <= FOREST; i++) {
      this.#one.clear()
      let right = 0
      const judged = i < FOREST || this.#grownAt >= FIRST_JUDGED
      if (judged)
        this.#visit(i, keys, row, (left, activity, share) => {
          this.#one.add(left, share)
          if (activity === next) right += share
        })
      losses[i] = Math.abs(this.#one.quantile(0.5) - seconds)
      nextLosses[i] = this.#one.total > 0 ? -Math.log(Math.max(right, LEAST_PROBABILITY)) : Number.NaN
    }
    this.#weights.judge(losses)
    this.#nextWeights.judge(nextLosses)
    this.#judged++
  }
}
