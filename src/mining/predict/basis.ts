import type { CaseState } from './case-state.ts'
import { EXPERTS } from './experts.ts'
import type { Predictor } from './predictor.ts'

/** Why a prediction is what it is. */
export interface Basis {
  /** Who said how much of it: the way to tell the state, its weight, and past states like this one. */
  readonly by: ReadonlyArray<{ readonly name: string; readonly weight: number; readonly past: number }>
  /** Ended cases that were most like it, and how much each counts. */
  readonly similar: ReadonlyArray<{ readonly case: string; readonly weight: number }>
}

const SIMILAR = 3

/** What the prediction of a state goes by. */
export function basisOf(predictor: Predictor, state: CaseState): Basis {
  const { weights, past, similar } = predictor.basis(state)
  const by = Array.from(weights, (weight, i) => ({ name: EXPERTS[i] ?? 'forest', weight, past: Math.round(past[i] as number) }))
  return {
    by: by.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight),
    similar: [...similar]
      .sort((a, b) => b[1] - a[1] || b[0] - a[0])
      .slice(0, SIMILAR)
      .map(([number, weight]) => ({ case: predictor.caseName(number), weight })),
  }
}
