import { evaluate, trained } from '../../src/cli/workflow/predict-evaluate.ts'
import { Calibration } from '../../src/mining/predict/calibration.ts'
import type { LogCase } from '../../src/mining/predict/log-cases.ts'
import { randomOf } from '../../src/mining/predict/random.ts'
import { BASELINES, baselineMae } from './baselines.ts'

/** Cases that a small log has. */
export const SIZES = [5, 10, 20, 50, 100] as const
/** Cases that are told, drawn from later ones. */
const TOLD = 60
/** Cases are learnt from the first half and told in what follows up to here: the last fifth, the test cases of the other splits, is not touched. */
const [LEARN_TO, TELL_TO] = [0.5, 0.8]

/** Mean absolute errors in days of one small log. */
export interface Draw {
  readonly log: string
  readonly size: number
  readonly seed: number
  readonly mae: number
  readonly baselines: Readonly<Record<string, number>>
}

/** The predictor and every baseline on `draws` small logs of `size` cases: cases drawn by a seed, kept in the order of their begin. */
export function* smallLogs(log: string, cases: readonly LogCase[], size: number, seeds: readonly number[], least: number): Generator<Draw> {
  const early = cases.slice(0, Math.floor(cases.length * LEARN_TO))
  const late = cases.slice(early.length, Math.floor(cases.length * TELL_TO))
  for (const seed of seeds) {
    const random = randomOf(seed * 1_000 + size)
    const [train, test] = [drawn(early, size, random), drawn(late, TOLD, random)]
    const calibration = new Calibration()
    for (const _ of evaluate(trained(train), test, { least, explain: false }, calibration));
    const baselines = Object.entries(BASELINES).map(([name, keyOf]) => [name, baselineMae(train, test, keyOf, least)] as const)
    yield { log, size, seed, mae: calibration.report().mae_days as number, baselines: Object.fromEntries(baselines) }
  }
}

/** What many draws say: geometric means of the ratio to each baseline, and the share of draws in which the predictor is no worse. */
export function summed(draws: readonly Draw[]): Record<string, { ratio: number; no_worse: number }> {
  const against = (of: (draw: Draw) => number) => ({
    ratio: Math.exp(draws.reduce((sum, draw) => sum + Math.log(draw.mae / of(draw)), 0) / draws.length),
    no_worse: draws.filter((draw) => draw.mae <= of(draw)).length / draws.length,
  })
  const named = Object.keys(BASELINES).map((name) => [name, against(({ baselines }) => baselines[name] as number)] as const)
  return { ...Object.fromEntries(named), 'best in hindsight': against(({ baselines }) => Math.min(...Object.values(baselines))) }
}

function drawn(cases: readonly LogCase[], count: number, random: () => number): LogCase[] {
  const places = cases.map((_, at) => at)
  for (let i = 0; i < Math.min(count, places.length); i++) {
    const swap = i + Math.floor(random() * (places.length - i))
    const taken = places[swap] as number
    places[swap] = places[i] as number
    places[i] = taken
  }
  return places
    .slice(0, count)
    .sort((a, b) => a - b)
    .map((at) => cases[at] as LogCase)
}
