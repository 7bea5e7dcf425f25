const DAY = 86_400_000
/** Correlation of the first half with itself a season later that counts as one. */
const SEASONAL = 0.1
/** Seasons that are looked for, in days. */
const CANDIDATES = [1, 7]

/** The usual time between rows, ms; NaN below two. */
export function intervalOf(times: ArrayLike<number>): number {
  const steps = Array.from({ length: Math.max(0, times.length - 1) }, (_, i) => (times[i + 1] as number) - (times[i] as number))
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? Number.NaN
}

/**
 * Rows in a day, or in a week, where the first half of a series correlates with itself a day (a week) later; the stronger of both, the day unless the
 * week is clearly stronger.
 * @returns undefined where there is no such season, or too few rows to know
 */
export function seasonOf(times: ArrayLike<number>, values: ArrayLike<number>): number | undefined {
  const interval = intervalOf(times)
  let best: number | undefined
  let most = SEASONAL
  for (const days of CANDIDATES) {
    const period = Math.round((days * DAY) / interval)
    if (!(period > 1) || values.length >> 1 < 2 * period) continue
    const correlation = correlationAt(values, period)
    if (correlation <= most) continue
    best = period
    most = correlation + 0.1
  }
  return best
}

function correlationAt(values: ArrayLike<number>, lag: number): number {
  const half = values.length >> 1
  let mean = 0
  for (let i = 0; i < half; i++) mean += (values[i] as number) / half
  let [product, square, size] = [0, 0, 0]
  for (let i = 0; i < half; i++) {
    square += ((values[i] as number) - mean) ** 2
    size += (values[i] as number) ** 2
    if (i >= lag) product += ((values[i] as number) - mean) * ((values[i - lag] as number) - mean)
  }
  // What rounding leaves of a line that stands still is no season.
  return square > 1e-20 * size ? product / square : 0
}
