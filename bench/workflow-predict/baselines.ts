import type { LogCase } from '../../src/mining/predict/log-cases.ts'
import type { Step } from '../../src/mining/predict/step.ts'

const DAY = 86_400_000

/** What the counting baselines tell a state by. */
export const BASELINES: Readonly<Record<string, (prefix: readonly Step[]) => string>> = {
  'last activity': (prefix) => last(prefix).activity,
  'last activity and weekday': (prefix) => `${last(prefix).activity}|${new Date(last(prefix).time).getUTCDay()}`,
  'set of activities': (prefix) => [...new Set(prefix.map(({ activity }) => activity))].sort().join('|'),
  'last 2 activities': (prefix) =>
    prefix
      .slice(-2)
      .map(({ activity }) => activity)
      .join('|'),
  'all states': () => '',
}

/**
 * Mean absolute error in days of the median time left per key, learnt from `train`: an unseen key falls back to its last activity, and that to all.
 * Prefixes of `least` steps and more up to the last but one.
 */
export function baselineMae(
  train: readonly LogCase[],
  test: readonly LogCase[],
  keyOf: (prefix: readonly Step[]) => string,
  least: number,
): number {
  const byKey = new Map<string, number[]>()
  const byLast = new Map<string, number[]>()
  const all: number[] = []
  for (const { steps } of train) {
    for (const { prefix, days } of prefixes(steps, least)) {
      push(byKey, keyOf(prefix), days)
      push(byLast, last(prefix).activity, days)
      all.push(days)
    }
  }
  const [keyed, lasts, whole] = [medians(byKey), medians(byLast), median(all)]
  let [sum, count] = [0, 0]
  for (const { steps } of test) {
    for (const { prefix, days } of prefixes(steps, least)) {
      sum += Math.abs((keyed.get(keyOf(prefix)) ?? lasts.get(last(prefix).activity) ?? whole) - days)
      count++
    }
  }
  return sum / count
}

function* prefixes(steps: readonly Step[], least: number): Generator<{ prefix: readonly Step[]; days: number }> {
  const end = last(steps).time
  for (let n = least; n < steps.length; n++) yield { prefix: steps.slice(0, n), days: (end - (steps[n - 1] as Step).time) / DAY }
}

const last = (steps: readonly Step[]): Step => steps.at(-1) as Step

function push(into: Map<string, number[]>, key: string, value: number): void {
  const known = into.get(key)
  if (known) known.push(value)
  else into.set(key, [value])
}

const medians = (byKey: Map<string, number[]>): Map<string, number> => new Map([...byKey].map(([key, values]) => [key, median(values)]))

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}
