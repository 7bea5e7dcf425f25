/** The weights of one profile of the benchmark (its config/profiles.json): what a detection in a window gains, one outside costs, a miss costs. */
export interface Profile {
  readonly name: 'standard' | 'reward_low_FP_rate' | 'reward_low_FN_rate'
  readonly tp: number
  readonly fp: number
  readonly fn: number
}

export const PROFILES: readonly Profile[] = [
  { name: 'standard', tp: 1, fp: 0.11, fn: 1 },
  { name: 'reward_low_FP_rate', tp: 1, fp: 0.22, fn: 1 },
  { name: 'reward_low_FN_rate', tp: 1, fp: 0.11, fn: 2 },
]

/** A series with its scores; windows are row numbers, both ends inside, in order. */
export interface Scored {
  readonly name: string
  readonly group: string
  readonly scores: ArrayLike<number>
  readonly windows: ReadonlyArray<readonly [number, number]>
}

/** A score that would be a detection at any threshold up to it, what it counts for, and in which window it lies (-1 for none). */
export interface Detection {
  readonly score: number
  readonly position: number
  readonly window: number
}

/** Rows at the beginning that do not count: 15 % of the series, of at most 5,000 rows. */
export const probationOf = (rows: number): number => Math.floor(0.15 * Math.min(rows, 5000))

/** σ(x) = 2 / (1 + e^5x) − 1; a detection far behind the last window counts −1. */
export function sigmoid(x: number): number {
  return x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1
}

const MAX_TP = sigmoid(-1)

/** Every row that can be a detection, with the value of its position before weights: up to 1 within a window, down to −1 outside. */
export function detectionsOf({ scores, windows }: Scored): Detection[] {
  const found: Detection[] = []
  let next = 0
  let previous: readonly [number, number] | undefined
  const probation = probationOf(scores.length)
  for (let row = 0; row < scores.length; row++) {
    for (let window = windows[next]; window && row > window[1]; window = windows[++next]) previous = window
    if (row < probation) continue
    const window = windows[next]
    const score = scores[row] as number
    if (window && row >= window[0]) {
      const position = sigmoid(-(window[1] - row + 1) / (window[1] - window[0] + 1)) / MAX_TP
      found.push({ score, position, window: next })
    } else {
      const position = previous ? sigmoid((row - previous[1]) / (previous[1] - previous[0])) : -1
      found.push({ score, position, window: -1 })
    }
  }
  return found
}

/** The raw score of one series at a threshold: detections are scores at or above it. */
export function rawScore(series: Scored, threshold: number, profile: Profile): number {
  const best = series.windows.map(() => Number.NaN)
  let sum = 0
  for (const { score, position, window } of detectionsOf(series)) {
    if (score < threshold) continue
    if (window < 0) sum += profile.fp * position
    else best[window] = Number.isNaN(best[window]) ? position : Math.max(best[window] as number, position)
  }
  return sum + best.reduce((total, position) => total + (Number.isNaN(position) ? -profile.fn : profile.tp * position), 0)
}

/** 100 for every window found at its first row and nothing else; 0 for a detector that never says anything. */
export function normalised(raw: number, windows: number, profile: Profile): number {
  return (100 * (raw + profile.fn * windows)) / ((profile.tp + profile.fn) * windows)
}

/** The one threshold that is best over all the series, and the score at it. Above 1 nothing is a detection. */
export function bestThreshold(all: readonly Scored[], profile: Profile): { threshold: number; raw: number; score: number } {
  const rows = all.flatMap((series, file) => detectionsOf(series).map((detection) => ({ ...detection, file })))
  rows.sort((a, b) => b.score - a.score)
  const best = all.map(({ windows }) => windows.map(() => -profile.fn))
  const windows = best.reduce((count, { length }) => count + length, 0)
  let raw = -profile.fn * windows
  let top = { threshold: 1.1, raw }
  for (const [i, { score, position, window, file }] of rows.entries()) {
    if (window < 0) raw += profile.fp * position
    else {
      const found = best[file] as number[]
      const gain = Math.max(0, profile.tp * position - (found[window] as number))
      raw += gain
      found[window] = (found[window] as number) + gain
    }
    if (rows[i + 1]?.score !== score && raw > top.raw) top = { threshold: score, raw }
  }
  return { ...top, score: normalised(top.raw, windows, profile) }
}

/** The normalised score of some of the series at a threshold chosen elsewhere. */
export function scoreAt(some: readonly Scored[], threshold: number, profile: Profile): number {
  const windows = some.reduce((count, series) => count + series.windows.length, 0)
  const raw = some.reduce((sum, series) => sum + rawScore(series, threshold, profile), 0)
  return normalised(raw, windows, profile)
}
