import type { CaseState } from './case-state.ts'
import { Distribution } from './distribution.ts'
import type { Prediction, Predictor } from './predictor.ts'

/** What is likely of a case; times in seconds from the moment asked about. */
export interface Outlook {
  readonly p10: number
  readonly p50: number
  readonly p90: number
  /** The likeliest first. */
  readonly next: ReadonlyArray<{ readonly activity: string; readonly probability: number }>
  /** That it will end after its deadline, if it is not over; undefined without one, or where nothing can be said. */
  readonly breach: number | undefined
  /** The share of what was like it that took at least as long as it has waited by now. */
  readonly survived: number
  /** It waits for longer than any case that was like it: all of the above are of no use, and the quantiles are 0. */
  readonly beyond: boolean
}

const SHOWN = 3
const rest = new Distribution()

/**
 * The outlook of a case.
 * @param now ms since 1970; what is known then is that the case is still where it was after its last step
 * @param deadline ms since 1970
 */
export function outlookOf(predictor: Predictor, state: CaseState, deadline?: number, now = state.last): Outlook {
  const prediction = predictor.predict(state)
  const waited = Math.max(0, (now - state.last) / 1_000)
  let left = prediction.left
  const survived = left.total <= 0 ? 1 : waited > 0 ? left.above(waited) : 1
  if (waited > 0) {
    left.beyond(waited, rest)
    left = rest
  }
  const beyond = left.total <= 0
  const quantile = (q: number) => (beyond ? 0 : left.quantile(q))
  return {
    p10: quantile(0.1),
    p50: quantile(0.5),
    p90: quantile(0.9),
    next: likeliest(prediction, predictor),
    breach: breachOf(left, deadline, now),
    survived,
    beyond,
  }
}

function breachOf(left: Distribution, deadline: number | undefined, now: number): number | undefined {
  if (deadline === undefined) return undefined
  if (deadline <= now) return 1
  return left.total > 0 ? left.above((deadline - now) / 1_000) : undefined
}

function likeliest({ next }: Prediction, predictor: Predictor): Outlook['next'] {
  const found: Array<{ activity: string; probability: number }> = []
  let total = 0
  for (let id = 0; id < next.length; id++) {
    const weight = next[id] as number
    if (weight <= 0) continue
    total += weight
    if (found.length === SHOWN && weight <= (found[SHOWN - 1] as { probability: number }).probability) continue
    found.push({ activity: predictor.features.activities.name(id), probability: weight })
    found.sort((a, b) => b.probability - a.probability)
    if (found.length > SHOWN) found.pop()
  }
  return found.map(({ activity, probability }) => ({ activity, probability: probability / total }))
}
