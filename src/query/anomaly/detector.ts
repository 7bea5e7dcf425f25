import { AutoregressionResidual } from './members/autoregression.ts'
import { ClockNovelty } from './members/clock.ts'
import { LevelShift } from './members/level.ts'
import type { Member } from './members/member.ts'
import { PatternNovelty } from './members/pattern.ts'
import { SeasonResidual } from './members/season.ts'
import { ShapeNovelty } from './members/shape.ts'
import { SubspaceResidual } from './members/subspace.ts'
import { Onset } from './onset.ts'
import { Since } from './since.ts'
import { Tail } from './tail.ts'

export const MEMBER_NAMES = ['pattern', 'clock', 'shape', 'autoregression', 'season', 'subspace', 'level'] as const
export type MemberName = (typeof MEMBER_NAMES)[number]
export type Weights = Readonly<Record<MemberName, number>>

/** Novelty leads, residuals second it (docs/adr/0017-anomaly-ensemble.md has what each is worth). */
export const DEFAULT_WEIGHTS: Weights = {
  pattern: 1,
  clock: 1,
  shape: 0.5,
  autoregression: 0.25,
  season: 0.25,
  subspace: 0.25,
  level: 0.25,
}
/**
 * How much of the strength comes from what the members say together, and from how rare it is that they say so much: noise that surprises all of
 * them all the time is held to its own measure. The latter counts half, because it is a probability and not the mean of several.
 */
export const TOGETHER = 0.6
export const RARE = 0.2

export interface DetectorOptions {
  readonly weights?: Weights
  /** Rows that an alarm holds weaker ones back; 150 or 5 % of the rows so far (2,000 at most) where absent. */
  readonly onsetRows?: number
  /** Minutes that local time is ahead of UTC: where the day begins. */
  readonly utcOffsetMinutes?: number
}

/** What the detector says of one value. */
export interface Verdict {
  /**
   * In [0, 1): 1 − a geometric mean of tail probabilities, those that the members give and that of their saying so much together, where something
   * begins; half of that while something stronger, of the last rows, is still there.
   */
  readonly score: number
  /** The same without regard to what was before. */
  readonly strength: number
  /** Whether it is above all of the last rows. */
  readonly onset: boolean
}

/** Where an alarm came from. */
export interface Explanation {
  /** The member with the greatest part in the strength, and its −log₁₀ of the tail probability. */
  readonly member: MemberName
  readonly rarity: number
  /** −log₁₀ of the tail probability by each member. */
  readonly rarities: Readonly<Record<MemberName, number>>
  /** Where 99 of 100 values lie, by what the members expected. */
  readonly expected: { readonly low: number; readonly high: number } | undefined
  /** When the strength first was at the alarm's height, without falling below half of it since; ms. */
  readonly since: number
  /** When something like it was seen, ms. */
  readonly similar: number | undefined
}

interface Part {
  readonly name: MemberName
  readonly member: Member
  tail: Tail
  readonly weight: number
  rarity: number
}

/**
 * Anomalies of one series: strictly causal, deterministic, bounded (about 95 kB), nothing to train. Values come in the order of their times; one
 * that goes back is taken as it comes.
 */
export class Detector {
  readonly #parts: readonly Part[]
  readonly #weight: number
  readonly #onset: Onset
  #together = new Tail()
  readonly #since = new Since()

  constructor(options: DetectorOptions = {}) {
    const { weights = DEFAULT_WEIGHTS, onsetRows, utcOffsetMinutes = 0 } = options
    const shift = utcOffsetMinutes * 60_000
    const members: Readonly<Record<MemberName, Member>> = {
      pattern: new PatternNovelty(),
      clock: new ClockNovelty(shift),
      autoregression: new AutoregressionResidual(),
      season: new SeasonResidual(shift),
      shape: new ShapeNovelty(),
      subspace: new SubspaceResidual(),
      level: new LevelShift(),
    }
    this.#parts = MEMBER_NAMES.map((name) => ({ name, member: members[name], tail: new Tail(), weight: weights[name], rarity: 0 }))
    this.#weight = MEMBER_NAMES.reduce((sum, name) => sum + weights[name], 0)
    this.#onset = new Onset(onsetRows)
  }

  /**
   * @param time ms since 1970; it only has to be in step with the day
   * @param value a finite number; a row without one is not handed in, and a hole in time needs no telling
   */
  step(time: number, value: number): Verdict {
    let sum = 0
    for (const part of this.#parts) {
      const size = part.member.step(value, time)
      // The shape has news every sixth row alone, and what it said holds until then.
      if (size !== undefined) part.rarity = part.tail.step(size)
      else if (part.name !== 'shape') part.rarity = 0
      sum += part.weight * part.rarity
    }
    const mean = sum / this.#weight
    const strength = 1 - 10 ** -(TOGETHER * mean + RARE * this.#together.step(mean))
    const onset = this.#onset.step(strength)
    this.#since.step(time, strength)
    return { score: onset ? strength : strength / 2, strength, onset }
  }

  /** Why the last value was what it was. */
  explain(): Explanation {
    const rarities = Object.fromEntries(this.#parts.map(({ name, rarity }) => [name, rarity])) as Record<MemberName, number>
    const by = [...this.#parts].sort((a, b) => b.weight * b.rarity - a.weight * a.rarity)
    const first = by[0] as Part
    const banded = by.find(({ member }) => member.expectation())
    const expectation = banded?.member.expectation()
    const reach = banded && expectation ? banded.tail.quantile(0.99) * expectation.unit : 0
    return {
      member: first.name,
      rarity: first.rarity,
      rarities,
      expected: expectation && { low: expectation.centre - reach, high: expectation.centre + reach },
      since: this.#since.time,
      similar: this.#similar(first),
    }
  }

  /** As plain data: numbers, arrays, null. */
  save(): unknown {
    const parts = this.#parts.map(({ member, tail, rarity }) => [member.save(), tail.save(), rarity])
    return { parts, together: this.#together.save(), onset: this.#onset.save(), since: this.#since.save() }
  }

  /** With the options that it was saved with. */
  static load(saved: unknown, options: DetectorOptions = {}): Detector {
    const { parts, together, onset, since } = saved as {
      parts: Array<[unknown, unknown, number]>
      together: unknown
      onset: unknown
      since: unknown
    }
    const detector = new Detector(options)
    for (const [i, part] of detector.#parts.entries()) {
      const [member, tail, rarity] = parts[i] as [unknown, unknown, number]
      part.member.load(member)
      part.tail = Tail.load(tail)
      part.rarity = rarity
    }
    detector.#together = Tail.load(together)
    detector.#onset.load(onset)
    detector.#since.load(since)
    return detector
  }

  #similar(first: Part): number | undefined {
    if (first.member instanceof ShapeNovelty) return first.member.similar
    return first.member.expectation()?.similar ?? this.#parts[0]?.member.expectation()?.similar
  }
}
