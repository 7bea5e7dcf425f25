import { plural } from '../../base/plural.ts'
import { type Basis, basisOf } from '../../mining/predict/basis.ts'
import type { Calibration, CalibrationReport } from '../../mining/predict/calibration.ts'
import { CaseState } from '../../mining/predict/case-state.ts'
import type { LogCase } from '../../mining/predict/log-cases.ts'
import { type Outlook, outlookOf } from '../../mining/predict/outlook.ts'
import { Predictor, type PredictorOptions } from '../../mining/predict/predictor.ts'
import type { Step } from '../../mining/predict/step.ts'

/** A state of a case of the test log, what was predicted of it and what came (CLI.md). */
export interface PrefixLine {
  readonly case: string
  /** Steps that the prediction knows. */
  readonly prefix: number
  /** The prediction: the median. */
  readonly remaining_s: number
  readonly p50_s: number
  readonly p90_s: number
  readonly truth_s: number
}

/** What `--explain` adds. */
export interface ExplainedLine extends PrefixLine {
  readonly p10_s: number
  /** Null without a deadline. */
  readonly breach: number | null
  readonly next: Outlook['next']
  readonly basis: Basis
}

export interface EvaluateOptions {
  readonly least: number
  /** How long a case may take from its begin, in ms, where no event tells its deadline. */
  readonly deadlineMs?: number | undefined
  readonly explain: boolean
}

/** A predictor that has learnt the cases, in the order given. */
export function trained(cases: readonly LogCase[], options?: PredictorOptions): Predictor {
  const predictor = new Predictor(options)
  for (const { id, steps } of cases) if (steps.length > 1) predictor.learn(steps, id)
  predictor.renew()
  return predictor
}

/**
 * Predicts every case after each of its steps from `least` to the last but one. The predictor learns nothing of them, and of a case it is told the steps
 * up to the prefix alone.
 */
export function* evaluate(
  predictor: Predictor,
  cases: readonly LogCase[],
  { least, deadlineMs, explain }: EvaluateOptions,
  calibration: Calibration,
): Generator<PrefixLine | ExplainedLine> {
  for (const { id, steps, deadlines } of cases) {
    const state = new CaseState()
    const end = (steps.at(-1) as Step).time
    for (let prefix = 1; prefix < steps.length; prefix++) {
      state.take(steps[prefix - 1] as Step)
      if (prefix < least) continue
      const deadline = deadlines[prefix - 1] ?? (deadlineMs === undefined ? undefined : state.first + deadlineMs)
      const outlook = outlookOf(predictor, state, deadline)
      const truth = (end - state.last) / 1_000
      calibration.add({
        ...{ p10: outlook.p10, p50: outlook.p50, p90: outlook.p90, truth },
        nextRight: outlook.next[0]?.activity === (steps[prefix] as Step).activity,
        breach:
          outlook.breach === undefined || (deadline as number) <= state.last
            ? undefined
            : { said: outlook.breach, came: end > (deadline as number) },
      })
      const line = {
        case: id,
        prefix,
        remaining_s: tenth(outlook.p50),
        p50_s: tenth(outlook.p50),
        p90_s: tenth(outlook.p90),
        truth_s: truth,
      }
      yield explain
        ? { ...line, p10_s: tenth(outlook.p10), breach: outlook.breach ?? null, next: outlook.next, basis: basisOf(predictor, state) }
        : line
    }
  }
}

const tenth = (seconds: number): number => Math.round(seconds * 10) / 10

/** What a person should know of it, a fact a line. */
export function reportText({ prefixes, below_p10, within, above_p90, next_activity_accuracy, breach }: CalibrationReport): string {
  if (prefixes === 0) return ''
  const percent = (share: number | null) => (share === null ? '-' : `${(100 * share).toFixed(1)} %`)
  const lines = [
    `p10 to p90 holds ${percent(within)} of the truths (80 % is right), ${percent(below_p10)} ended sooner, ${percent(above_p90)} later`,
    `next activity right: ${percent(next_activity_accuracy)}`,
  ]
  if (breach) {
    lines.push(
      `deadlines: ${breach.breached} of ${breach.predictions} predictions were of cases that missed theirs; Brier ${breach.brier.toFixed(4)}, always saying the share ${breach.brier_of_share.toFixed(4)}`,
      'said      predictions  mean said  came',
    )
    for (const { from, predictions, said, came } of breach.reliability) {
      if (predictions === 0) continue
      lines.push(
        `${from.toFixed(1)}-${(from + 0.1).toFixed(1)}  ${String(predictions).padStart(12)}  ${percent(said).padStart(9)}  ${percent(came)}`,
      )
    }
  }
  return lines.join('\n')
}

/** The last line on stderr. */
export const maeText = ({ mae_days: mae, prefixes }: CalibrationReport, cases: number): string =>
  mae === null
    ? 'MAE - days (no prefixes)'
    : `MAE ${mae.toFixed(4)} days (p50 of ${plural(prefixes, 'prefix', 'prefixes')} of ${plural(cases, 'case')})`
