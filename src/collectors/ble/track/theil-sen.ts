/** A point of a series: when (ms since the epoch), and how much. */
export interface Point {
  time: number
  level: number
}

/**
 * The slope of a series, in units per ms: the median of the slopes of all pairs (Theil 1950, Sen 1968). Up to 29 % of the points may be
 * anything without moving it much. Undefined for fewer than two points of different times.
 */
export function theilSen(points: readonly Point[]): number | undefined {
  const slopes: number[] = []
  points.forEach((from, i) => {
    for (const to of points.slice(i + 1)) if (to.time !== from.time) slopes.push((to.level - from.level) / (to.time - from.time))
  })
  return slopes.length > 0 ? median(slopes) : undefined
}

function median(values: number[]): number {
  values.sort((a, b) => a - b)
  const middle = values.length >> 1
  const upper = values[middle] as number
  return values.length % 2 === 1 ? upper : ((values[middle - 1] as number) + upper) / 2
}
