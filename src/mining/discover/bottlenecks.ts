import { formatDuration } from '../../base/duration.ts'
import { plural } from '../../base/plural.ts'
import type { Bottleneck, FlowModel } from './model.ts'

/** Together the bottlenecks are where so much of the time passes, each of them at least so much. */
const TOGETHER = 0.8
const EACH = 0.05

/**
 * Flows ranked by the time that passes in them, over all cases: what could be won there. The first few that take up 80 % of all time, each of them
 * at least 5 %, and no faster than the median flow.
 */
export function bottlenecksOf(flows: readonly FlowModel[]): Bottleneck[] {
  const timed = flows.filter((flow): flow is InnerFlow => flow.from !== null && flow.to !== null && flow.time !== null)
  const usual = weightedMedian(timed)
  const ranked = [...timed].sort((a, b) => b.time_share - a.time_share)
  const found: Bottleneck[] = []
  let sum = 0
  for (const { from, to, count, time, time_share } of ranked) {
    if (sum >= TOGETHER || time_share < EACH) break
    sum += time_share
    // Half of its cases pass faster than usual: it is only frequent, unless a tail of it is what takes the time.
    if (time.mean_s < usual) continue
    const { p50_s, p90_s } = time
    const why =
      `${percent(time_share)} of all time between steps passes here, ${plural(count, 'time')}: ` +
      `half of them take ${words(p50_s)} or more, one in ten ${words(p90_s)} or more`
    found.push({ rank: found.length + 1, from, to, count, time_share, p50_s, p90_s, slower: usual > 0 ? p50_s / usual : null, why })
  }
  return found
}

type InnerFlow = FlowModel & { from: string; to: string; time: NonNullable<FlowModel['time']> }

/** The median of the medians, each as often as its flow. */
function weightedMedian(flows: readonly InnerFlow[]): number {
  const sorted = [...flows].sort((a, b) => a.time.p50_s - b.time.p50_s)
  const half = sorted.reduce((sum, { count }) => sum + count, 0) / 2
  let below = 0
  for (const { count, time } of sorted) {
    below += count
    if (below >= half) return time.p50_s
  }
  return 0
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`
const words = (seconds: number): string => formatDuration(seconds * 1000)
