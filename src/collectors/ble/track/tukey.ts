/** Values further than this many quartile ranges outside the quartiles are outliers (Tukey 1977). */
const FENCE = 1.5

export interface Summary {
  mean: number
  /** Standard deviation; 0 of one value. */
  spread: number
  count: number
}

/** Mean and spread of the values inside Tukey's fences; undefined of none. */
export function tukeySummary(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  const margin = FENCE * (high - low)
  const inside = sorted.filter((value) => value >= low - margin && value <= high + margin)
  const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length
  const squares = inside.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, spread: inside.length > 1 ? Math.sqrt(squares / (inside.length - 1)) : 0, count: inside.length }
}

function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q
  const below = sorted[Math.floor(at)] as number
  const above = sorted[Math.ceil(at)] as number
  return below + (above - below) * (at - Math.floor(at))
}
