import { amount, duration, plural } from '../../live/format.ts'
import type { MetricSeries, Model } from '../../live/model/model.ts'
import { sparkline } from '../draw/chart.ts'
import { beside, chart } from '../draw/chart-block.ts'
import { blank, type Piece, type Row, type Style } from '../draw/row.ts'
import { cells, cut, padded } from '../draw/text.ts'
import type { World } from '../world.ts'
import { alertList } from './alert-list.ts'
import { alertsView } from './alerts.ts'
import { devicesOf } from './devices.ts'
import type { ListView } from './view.ts'

interface Kpi {
  readonly name: string
  readonly value: string
  readonly note: string
  readonly style: Style
}

/** At a glance: numbers, how they went lately, and below them what must be seen first. */
export const overviewView: ListView = {
  name: 'overview',
  columns: alertsView.columns,
  sorts: [{ name: 'urgency', column: 0 }],
  items: (world, now) => alertList(world, now).open,
  widest: (world, now) => alertList(world, now).widest,
  empty: () => '✔ No alert fires, and none is pending.',
  panelHeight: (height) => (height >= LARGE ? height - 12 : Math.min(height - 5, height >= 24 ? 14 : 12)),
  panel: (world, _chosen, width, height) => {
    const head = kpis(world, width)
    const lines = trendsOf(world)
    const room = height - head.length - 2
    const trends = room >= CHART + 1 && width >= WIDE ? charts(lines, width, room) : sparklines(lines, width, room)
    return [...head, blank, ...trends, blank]
  },
}

/** Rows of a view from which on there is room for charts. */
const LARGE = 30
/** Columns that a chart needs, and its rows. */
const [WIDE, CHART] = [110, 7]
const GAP = 3

function kpis(world: World, width: number): Row[] {
  const all = [...alertKpi(world), ...financeKpis(world.finance), ...operationsKpis(world.operations)]
  const across = Math.max(1, Math.min(all.length, Math.floor(width / 18)))
  const each = Math.floor(width / across)
  const rows: Row[] = []
  for (let i = 0; i < all.length && rows.length < 6; i += across) {
    const group = all.slice(i, i + across)
    rows.push(group.map(({ name }): Piece => [padded(name, each), 'dim']))
    rows.push(
      group.flatMap(({ value, note, style }): Piece[] => [
        [`${value} `, style],
        [padded(cut(`· ${note}`, each - cells(value) - 3), each - cells(value) - 1), 'dim'],
      ]),
    )
  }
  return rows
}

function alertKpi(world: World): Kpi[] {
  const { firing, critical } = alertList(world)
  const style = critical > 0 ? 'critical' : firing.length > 0 ? 'warning' : 'good'
  const hidden = world.finance?.withheldFiring ?? 0
  const shown = firing.length === 0 ? 'nothing wrong' : `${critical} critical`
  return [{ name: 'ALERTS FIRING', value: String(firing.length), note: hidden === 0 ? shown : `${hidden} not shown`, style }]
}

function financeKpis(model: Model | undefined): Kpi[] {
  if (!model) return []
  const teams = [...model.teams.values()].filter(({ enrolled }) => typeof enrolled === 'number')
  const sum = (field: string) => teams.reduce((total, team) => total + Number(team[field] ?? 0), 0)
  const some = teams.length > 0
  const counted = (value: number) => (some ? amount(value) : '–')
  const open = model.cases.open()
  const [cases, overdue] = [open.reduce((total, row) => total + row.cases, 0), open.reduce((total, row) => total + row.overdue, 0)]
  return [
    {
      name: 'REACHABLE',
      value: counted(sum('present') - sum('in_call')),
      note: some ? `of ${sum('enrolled')}` : 'nobody yet',
      style: 'strong',
    },
    { name: 'IN A CALL', value: counted(sum('in_call')), note: plural(teams.length, 'team'), style: 'strong' },
    { name: 'OPEN CASES', value: amount(cases), note: `${overdue} overdue`, style: overdue > 0 ? 'warning' : 'strong' },
  ]
}

function operationsKpis(model: Model | undefined): Kpi[] {
  if (!model) return []
  const devices = devicesOf(model)
  const down = [...devices.values()].filter(({ facts }) => facts?.up === false).length
  const rate = [...model.topics.values()].reduce((sum, { per_second }) => sum + (typeof per_second === 'number' ? per_second : 0), 0)
  const lags = [...model.groups.values()].map(({ lag }) => lag)
  const known = lags.filter((lag): lag is number => typeof lag === 'number')
  const lag = known.length === 0 ? (lags.length === 0 ? '–' : 'unknown') : amount(known.reduce((sum, each) => sum + each, 0))
  const unknown = lags.length - known.length
  return [
    {
      name: 'DEVICES',
      value: amount(devices.size),
      note: down > 0 ? `${down} down` : devices.size === 0 ? 'none yet' : 'none down',
      style: down > 0 ? 'critical' : 'strong',
    },
    { name: 'RECORDS/S', value: amount(rate), note: plural(model.topics.size, 'topic'), style: 'strong' },
    {
      name: 'LAG',
      value: lag,
      note: unknown > 0 && known.length > 0 ? `+ ${unknown} unknown` : plural(lags.length, 'group'),
      style: 'strong',
    },
  ]
}

interface Trend {
  readonly name: string
  readonly points: ReadonlyArray<{ at: number; value: number }>
  readonly unit?: string
  /** Whose it is. */
  readonly whose?: string
}

/** What is shown of how it went lately, the most telling first. */
function trendsOf(world: World): Trend[] {
  const { finance, operations, rates } = world
  const trends: Trend[] = []
  if (operations) {
    for (const [metric, name] of WORST) {
      const worst = worstOf(operations, metric)
      if (worst) trends.push({ name, points: worst.history.points(), unit: worst.unit, whose: worst.target })
    }
  }
  if (finance) {
    trends.push({ name: 'People in calls', points: summed([...finance.teamHistory.values()].map(({ inCall }) => inCall.points())) })
    trends.push({ name: 'Steps done a minute', points: finance.cases.done() })
  }
  trends.push({ name: 'Changes a second', points: rates.map((value, i) => ({ at: i * 1_000, value })) })
  return trends
}

const WORST = [
  ['packet_loss', 'Packet loss, worst'],
  ['cpu_load', 'CPU load, worst'],
  ['if_in_bps', 'Traffic in, most'],
] as const

function worstOf({ series }: Model, metric: string): MetricSeries | undefined {
  let [worst, most]: [MetricSeries | undefined, number] = [undefined, Number.NEGATIVE_INFINITY]
  for (const each of series.values()) {
    if (each.metric !== metric) continue
    const { value } = each.history.last ?? { value: Number.NEGATIVE_INFINITY }
    if (value > most) [worst, most] = [each, value]
  }
  return worst
}

/** A line each, with the newest value. */
function sparklines(trends: readonly Trend[], width: number, most: number): Row[] {
  const across = Math.max(10, Math.min(120, width - 44))
  return trends.slice(0, Math.max(0, most)).map(({ name, points, unit, whose }): Row => {
    const now = points.length === 0 ? 'no data yet' : amount(points.at(-1)?.value, unit)
    const values = points.slice(-across).map(({ value }) => value)
    return [
      [padded(name, 20), 'dim'],
      ['  '],
      [sparkline(values, across, 0), 'accent'],
      [`  ${now}`, points.length === 0 ? 'dim' : 'strong'],
      [whose === undefined ? '' : `  ${whose}`, 'dim'],
    ]
  })
}

/** A chart each, beside and below each other, as many as there is room for. */
function charts(trends: readonly Trend[], width: number, room: number): Row[] {
  const across = width >= 160 ? 3 : 2
  const each = Math.floor((width - GAP * (across - 1)) / across)
  const rows: Row[] = []
  for (let i = 0; i < trends.length && rows.length + CHART < room; i += across) {
    const blocks = trends.slice(i, i + across).map(({ name, points, unit, whose }) => {
      const now = points.length === 0 ? 'no data yet' : `${amount(points.at(-1)?.value, unit)} now`
      const span = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)
      const note = [now, whose, span > 0 && `last ${duration(span)}`].filter((part) => typeof part === 'string').join(' · ')
      return chart({ title: name, note, points, unit, width: each, height: CHART })
    })
    rows.push(...(rows.length > 0 ? [blank] : []), ...beside(blocks, GAP))
  }
  return rows
}

/** Sum of series that end at the same time. */
function summed(series: ReadonlyArray<ReadonlyArray<{ at: number; value: number }>>): Array<{ at: number; value: number }> {
  const longest = series.reduce((most, each) => (each.length > most.length ? each : most), [])
  return longest.map(({ at }, i) => {
    const value = series.reduce((sum, each) => sum + (each[each.length - longest.length + i]?.value ?? each[0]?.value ?? 0), 0)
    return { at, value }
  })
}
