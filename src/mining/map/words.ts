import { formatDuration } from '../../base/duration.ts'
import { plural } from '../../base/plural.ts'
import type { ActivityModel } from '../discover/model.ts'
import type { MapFlow, ProcessMap } from './process-map.ts'

/** Whole numbers with thousands apart. */
export const count = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',')

export const percent = (share: number): string => (share > 0 && share < 0.01 ? '<1\u00a0%' : `${Math.round(share * 100)}\u00a0%`)

/** Seconds for a person: the two largest units, days without minutes. */
export function time(seconds: number): string {
  if (seconds < 1) return '0s'
  if (seconds >= 10 * 86_400) return `${Math.round(seconds / 86_400)}d`
  return formatDuration(Math.round(seconds) * 1000)
}

/** The second line of a node. */
export function nodeFigures({ steps, cases, repeats, service }: ActivityModel): string {
  const again = repeats > 0 ? ` · ${count(repeats)} again` : ''
  const work = service ? ` · work ${time(service.p50_s)}` : ''
  return `${count(repeats > 0 ? cases : steps)}${repeats > 0 ? ' cases' : ''}${again}${work}`
}

/** What stands at a flow: how often, the median time; at a bottleneck the 90th percentile, too. */
export function flowFigures(flow: MapFlow): string[] {
  if (!flow.time) return [count(flow.count)]
  const { p50_s, p90_s } = flow.time
  return [count(flow.count), time(p50_s), ...(flow.bottleneck ? [`p90 ${time(p90_s)}`] : [])]
}

export function headline({ model }: ProcessMap): string {
  const throughput = model.throughput
  const words = [`${plural(model.cases, 'case')}, ${plural(model.steps, 'step')}`]
  if (model.first && model.last) words.push(`${model.first.slice(0, 10)} to ${model.last.slice(0, 10)}`)
  if (throughput) words.push(`half of the cases take ${time(throughput.p50_s)} or less, one in ten more than ${time(throughput.p90_s)}`)
  return words.join(' · ')
}

export function coverage({ shown }: ProcessMap): string {
  return (
    `Drawn: ${shown.activities} of ${shown.all_activities} activities (${percent(shown.steps_share)} of all steps), ` +
    `${shown.flows} of ${shown.all_flows} flows (${percent(shown.flows_share)}).`
  )
}
