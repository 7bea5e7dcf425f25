import { formatDuration } from '../../base/duration.ts'
import type {
  ActivityModel,
  BatchModel,
  Bottleneck,
  FlowModel,
  HandoverModel,
  ProcessModel,
  Times,
  VariantModel,
  WorkerModel,
} from '../../mining/discover/model.ts'
import { formatCount, plural } from '../amounts.ts'
import { paint } from '../color.ts'
import { type Column, formatTable } from '../table.ts'

/** The tables of a model for a person, each at most `top` rows. Ends with a line break. */
export function formatModel(model: ProcessModel, top: number, width: number | undefined): string {
  const table = <Row>(heading: string, rows: readonly Row[], columns: ReadonlyArray<Column<Row>>, note?: string): string[] => {
    if (rows.length === 0) return []
    const more = rows.length > top ? [`  … and ${formatCount(rows.length - top)} more`] : []
    const body = formatTable(rows.slice(0, top), columns, { header: true, width })
    return [paint.strong(heading), body, ...more, ...(note ? [note] : []), '']
  }
  return [
    ...summary(model),
    '',
    ...table('Where the time goes', model.bottlenecks, BOTTLENECKS),
    ...table('Activities', model.activities, model.service_s === null ? ACTIVITIES : [...ACTIVITIES, ...SERVICE]),
    ...table('Flows', model.flows.filter(inner), FLOWS),
    ...table('Variants', model.variants, VARIANTS),
    ...table(`Hand-overs between ${model.by}s`, model.handovers, HANDOVERS),
    ...table(`Load by ${model.by}`, model.workers, WORKERS),
    ...table('Batches', model.batches, BATCHES),
  ].join('\n')
}

function summary(model: ProcessModel): string[] {
  const { throughput, happy_path, straight_share, steps_per_case, error_at_most } = model
  const lines = [`${plural(model.cases, 'case')}, ${plural(model.steps, 'step')}, ${plural(model.events, 'event')}`]
  if (model.first && model.last) lines[0] += `, ${model.first.slice(0, 16)}Z to ${model.last.slice(0, 16)}Z`
  if (throughput) {
    const { p10_s, p25_s, p50_s, p75_s, p90_s, p99_s, mean_s } = throughput
    const shares = [
      ['p10', p10_s],
      ['p25', p25_s],
      ['median', p50_s],
      ['p75', p75_s],
      ['p90', p90_s],
      ['p99', p99_s],
      ['mean', mean_s],
    ] as const
    lines.push(`throughput: ${shares.map(([name, seconds]) => `${name} ${time(seconds)}`).join(', ')}`)
  }
  if (happy_path && straight_share !== null && steps_per_case) {
    lines.push(
      `happy path: ${percent(happy_path.share)} of the cases; no activity done twice: ${percent(straight_share)}; ` +
        `steps a case: ${steps_per_case.mean.toFixed(1)} on average, at most ${formatCount(steps_per_case.max)}`,
    )
  }
  lines.push(
    model.service_s === null || model.waiting_s === null
      ? 'waiting and service: the log does not say when work began (no event is `started`), so times are from step to step'
      : `waiting ${time(model.waiting_s)}, service ${time(model.service_s)}, where the log says when work began`,
  )
  if (model.crowded_out_cases > 0) lines.push(`${plural(model.crowded_out_cases, 'case')} counted as ended to make room for others`)
  if (model.late_steps > 0) lines.push(`${plural(model.late_steps, 'step')} came after later ones of their case`)
  if (error_at_most.flows + error_at_most.variants > 0) {
    lines.push(`to bound memory, counts may be too low by ${error_at_most.flows} (flows) and ${error_at_most.variants} (variants)`)
  }
  return lines
}

const inner = ({ from, to }: FlowModel): boolean => from !== null && to !== null

const time = (seconds: number): string => formatDuration(seconds * 1000)
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`

type Num<Row> = (row: Row) => number | null

const n = <Row>(name: string, value: Num<Row>): Column<Row> => {
  return { name, value, shown: (row) => (value(row) === null ? '-' : formatCount(value(row) as number)), right: true }
}
const share = <Row>(name: string, value: Num<Row>): Column<Row> => {
  return { name, value, shown: (row) => percent(value(row) ?? 0), right: true }
}
const seconds = <Row>(name: string, value: Num<Row>): Column<Row> => {
  return { name, value, shown: (row) => (value(row) === null ? '-' : time(value(row) as number)), right: true }
}
const timesOf = <Row>(times: (row: Row) => Times | null, prefix = ''): Column<Row>[] => [
  seconds(`${prefix}median`, (row) => times(row)?.p50_s ?? null),
  seconds(`${prefix}p90`, (row) => times(row)?.p90_s ?? null),
]

const BOTTLENECKS: Column<Bottleneck>[] = [
  n('rank', ({ rank }) => rank),
  { name: 'from', value: ({ from }) => from },
  { name: 'to', value: ({ to }) => to },
  share('time', ({ time_share }) => time_share),
  n('count', ({ count }) => count),
  seconds('median', ({ p50_s }) => p50_s),
  seconds('p90', ({ p90_s }) => p90_s),
]

const ACTIVITIES: Column<ActivityModel>[] = [
  { name: 'activity', value: ({ activity }) => activity },
  n('steps', ({ steps }) => steps),
  n('cases', ({ cases }) => cases),
  share('share', (row) => row.share),
  n('again', ({ repeats }) => repeats),
  seconds('rework', ({ rework_s }) => (rework_s > 0 ? rework_s : null)),
  ...timesOf<ActivityModel>(({ sojourn }) => sojourn),
]
const SERVICE: Column<ActivityModel>[] = [
  ...timesOf<ActivityModel>(({ waiting }) => waiting, 'waiting_'),
  ...timesOf<ActivityModel>(({ service }) => service, 'service_'),
]

const FLOWS: Column<FlowModel>[] = [
  { name: 'from', value: ({ from }) => from },
  { name: 'to', value: ({ to }) => to },
  n('count', ({ count }) => count),
  share('time', ({ time_share }) => time_share),
  ...timesOf<FlowModel>((row) => row.time),
]

const VARIANTS: Column<VariantModel>[] = [
  n('cases', ({ cases }) => cases),
  share('share', (row) => row.share),
  ...timesOf<VariantModel>((row) => row.time),
  { name: 'activities', value: ({ activities, cut }) => activities.join(' → ') + (cut ? ' …' : '') },
]

const HANDOVERS: Column<HandoverModel>[] = [
  { name: 'from', value: ({ from }) => from },
  { name: 'to', value: ({ to }) => to },
  n('count', ({ count }) => count),
  ...timesOf<HandoverModel>((row) => row.time),
]

const WORKERS: Column<WorkerModel>[] = [
  { name: 'worker', value: ({ worker }) => worker },
  n('steps', ({ steps }) => steps),
  share('share', (row) => row.share),
  n('days', ({ days }) => days),
  { name: 'a_day', value: ({ steps_per_day }) => steps_per_day, shown: ({ steps_per_day }) => steps_per_day.toFixed(1), right: true },
  n('busiest_day', ({ busiest_day }) => busiest_day),
]

const BATCHES: Column<BatchModel>[] = [
  { name: 'activity', value: ({ activity }) => activity },
  n('batches', ({ batches }) => batches),
  n('steps', ({ steps }) => steps),
  share('share', (row) => row.share),
  n('median_size', ({ median_size }) => median_size),
]
