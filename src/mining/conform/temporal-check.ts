import { formatDuration } from '../../base/duration.ts'
import type { CheckedStep, OpenCheck } from './check.ts'
import type { Finding } from './finding.ts'
import type { PairProfile, TemporalProfile } from './temporal-profile.ts'

export interface ProfileCheckOptions {
  /** Robust deviations from the middle that are unusual. */
  z: number
}

const MOST_BEFORE = 64

/**
 * Steps that came unusually late or early after an earlier one of their case. One wait makes many pairs long, so of those that end at a step only the
 * one with the latest beginning is told: it is the nearest to the cause.
 */
export function temporalProfileCheck({ pairs }: TemporalProfile, { z: most }: ProfileCheckOptions): OpenCheck {
  const known = new Map<string, Map<string, PairProfile>>()
  for (const pair of pairs) {
    const ofTo = known.get(pair.to) ?? new Map<string, PairProfile>()
    known.set(pair.to, ofTo.set(pair.from, pair))
  }
  return () => {
    /** The last step of each activity, in order of time. */
    const before = new Map<string, CheckedStep>()
    return {
      step(step) {
        const { activity } = step.event
        const found = known.get(activity)
        const unusual =
          found && [...before.values()].reverse().map((earlier) => deviation(earlier, step, found.get(earlier.event.activity)))
        if (before.size < MOST_BEFORE || before.has(activity)) {
          before.delete(activity)
          before.set(activity, step)
        }
        return unusual?.find((finding) => finding !== undefined)
      },
    }
  }

  function deviation(earlier: CheckedStep, step: CheckedStep, pair: PairProfile | undefined): Finding | undefined {
    if (!pair) return undefined
    const seconds = Math.max(0, step.time - earlier.time) / 1000
    const z = (Math.log1p(seconds) - pair.centre) / pair.spread
    if (Math.abs(z) <= most) return undefined
    const edge = (sign: number) => Math.max(0, Math.expm1(pair.centre + sign * most * pair.spread))
    return {
      time: step.time,
      summary:
        `"${step.event.activity}" came ${formatDuration(seconds * 1000)} after "${earlier.event.activity}", usually about ` +
        `${formatDuration(pair.p50_s * 1000)} (${Math.abs(z).toFixed(1)} robust deviations too ${z > 0 ? 'late' : 'early'})`,
      witnesses: [earlier, step],
      observed: seconds,
      expectedLow: edge(-1),
      expectedHigh: edge(1),
      unit: 's',
      // Chebyshev's bound holds for any distribution.
      score: 1 - 1 / (z * z),
    }
  }
}
