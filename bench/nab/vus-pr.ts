/**
 * VUS-PR (Paparrizos et al., VLDB 2022): the area under precision and recall with labels that fade out over a buffer around each window, averaged
 * over the buffer's length. As in TSB-AD's code (metricor.RangeAUC_volume): labels fall as √(1 − d/ℓ) over ℓ/2 rows on each side, recall is damped by
 * the share of windows that have any detection, and 250 thresholds are tried.
 */

const THRESHOLDS = 250
/** Buffer lengths tried, evenly over 0 … the longest. */
const STEPS = 10

/**
 * @param windows row numbers, both ends inside
 * @param longest the greatest buffer length in rows
 * @returns in [0, 1]; NaN for a series without windows
 */
export function vusPr(scores: ArrayLike<number>, windows: ReadonlyArray<readonly [number, number]>, longest = 100): number {
  if (windows.length === 0) return Number.NaN
  const order = Array.from(scores, (_, row) => row).sort((a, b) => (scores[b] as number) - (scores[a] as number))
  let sum = 0
  for (let step = 0; step <= STEPS; step++) sum += rangePr(scores, order, windows, Math.round((longest * step) / STEPS))
  return sum / (STEPS + 1)
}

function rangePr(
  scores: ArrayLike<number>,
  order: readonly number[],
  windows: ReadonlyArray<readonly [number, number]>,
  buffer: number,
): number {
  const labels = softLabels(scores.length, windows, buffer)
  const hard = windows.reduce((rows, [from, to]) => rows + to - from + 1, 0)
  const positives = (hard + labels.reduce((sum, label) => sum + label, 0)) / 2
  const half = Math.floor(buffer / 2)
  const found = new Set<number>()
  let [hits, area, recall, taken] = [0, 0, 0, 0]
  for (let k = 1; k <= THRESHOLDS; k++) {
    const threshold = scores[order[Math.min(order.length - 1, Math.floor((k * order.length) / THRESHOLDS))] as number] as number
    for (; taken < order.length && (scores[order[taken] as number] as number) >= threshold; taken++) {
      const row = order[taken] as number
      hits += labels[row] as number
      for (const [i, [from, to]] of windows.entries()) if (row >= from - half && row <= to + half) found.add(i)
    }
    const next = Math.min(1, hits / positives) * (found.size / windows.length)
    area += Math.max(0, next - recall) * (hits / taken)
    recall = Math.max(recall, next)
  }
  return area
}

function softLabels(rows: number, windows: ReadonlyArray<readonly [number, number]>, buffer: number): Float64Array {
  const labels = new Float64Array(rows)
  const half = Math.floor(buffer / 2)
  for (const [from, to] of windows) {
    labels.fill(1, from, to + 1)
    for (let d = 1; d <= half; d++) {
      const label = Math.sqrt(1 - d / buffer)
      for (const row of [from - d, to + d]) if (row >= 0 && row < rows) labels[row] = Math.max(labels[row] as number, label)
    }
  }
  return labels
}
