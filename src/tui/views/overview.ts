import { amount } from '../../live/format.ts'
import type { Model } from '../../live/model/model.ts'
import { sparkline } from '../draw/chart.ts'
import { blank, type Piece, type Row, type Style } from '../draw/row.ts'
import { padded } from '../draw/text.ts'
import type { World } from '../world.ts'
import { alertsView } from './alerts.ts'
import { devicesOf } from './network.ts'
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
  items: (world, now) => alertsView.items(world, now).filter(({ value }) => (value as { status: string }).status !== 'resolved'),
  empty: () => '✔ No alert fires, and none is pending.',
  panelHeight: (height) => Math.min(height - 5, height >= 24 ? 14 : 12),
  panel: (world, _chosen, width, height) => [...kpis(world, width), ...trends(world, width, height - 5), blank],
}

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
        [padded(`· ${note}`, each - [...value].length - 1), 'dim'],
      ]),
    )
  }
  return rows
}

function alertKpi({ alerts, finance }: World): Kpi[] {
  const firing = alerts.filter(({ status }) => status === 'firing')
  const critical = firing.filter(({ severity }) => severity === 'critical').length
  const style = critical > 0 ? 'critical' : firing.length > 0 ? 'warning' : 'good'
  const hidden = finance?.withheldFiring ?? 0
  const shown = firing.length === 0 ? 'nothing wrong' : `${critical} critical`
  return [{ name: 'ALERTS FIRING', value: String(firing.length), note: hidden === 0 ? shown : `${hidden} not shown`, style }]
}

function financeKpis(model: Model | undefined): Kpi[] {
  if (!model) return []
  const teams = [...model.teams.values()].filter(({ enrolled }) => typeof enrolled === 'number')
  const sum = (field: string) => teams.reduce((total, team) => total + Number(team[field] ?? 0), 0)
  const open = model.cases.open()
  const [cases, overdue] = [open.reduce((total, row) => total + row.cases, 0), open.reduce((total, row) => total + row.overdue, 0)]
  return [
    { name: 'REACHABLE', value: amount(sum('present') - sum('in_call')), note: `of ${sum('enrolled')}`, style: 'strong' },
    {
      name: 'IN A CALL',
      value: amount(sum('in_call')),
      note: teams.length === 0 ? 'no team counted' : `${teams.length} team${teams.length === 1 ? '' : 's'}`,
      style: 'strong',
    },
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
    { name: 'DEVICES', value: amount(devices.size), note: down > 0 ? `${down} down` : 'all up', style: down > 0 ? 'critical' : 'strong' },
    { name: 'RECORDS/S', value: amount(rate), note: `${model.topics.size} topics`, style: 'strong' },
    { name: 'LAG', value: lag, note: unknown > 0 && known.length > 0 ? `+ ${unknown} unknown` : `${lags.length} groups`, style: 'strong' },
  ]
}

/** How it went lately: a line each, with the newest value. */
function trends(world: World, width: number, most: number): Row[] {
  const { finance, operations } = world
  const lines: Array<{ name: string; values: number[]; unit?: string }> = [{ name: 'Changes a second', values: world.rates }]
  if (finance) {
    const inCalls = [...finance.teamHistory.values()].map(({ inCall }) => inCall.points().map(({ value }) => value))
    lines.push({ name: 'People in calls', values: summed(inCalls) })
    lines.push({ name: 'Steps done a minute', values: finance.cases.done().map(({ value }) => value) })
  }
  if (operations) {
    for (const [metric, name] of [
      ['packet_loss', 'Packet loss, worst'],
      ['cpu_load', 'CPU load, worst'],
    ] as const) {
      const series = [...operations.series.values()].filter((each) => each.metric === metric)
      const worst = series.reduce<(typeof series)[number] | undefined>(
        (most, each) => ((each.history.last?.value ?? -1) > (most?.history.last?.value ?? -1) ? each : most),
        undefined,
      )
      if (worst) lines.push({ name, values: worst.history.points().map(({ value }) => value), unit: worst.unit })
    }
  }
  const across = Math.max(10, Math.min(120, width - 36))
  return [
    blank,
    ...lines.slice(0, Math.max(0, most - 1)).map(({ name, values, unit }): Row => {
      const now = values.length === 0 ? 'no data yet' : amount(values.at(-1), unit)
      return [
        [padded(name, 20), 'dim'],
        ['  '],
        [sparkline(values, across, 0), 'accent'],
        [`  ${now}`, values.length === 0 ? 'dim' : 'strong'],
      ]
    }),
  ]
}

/** Sum of series that end at the same time. */
function summed(series: ReadonlyArray<readonly number[]>): number[] {
  const length = Math.max(0, ...series.map((each) => each.length))
  return Array.from({ length }, (_, i) => series.reduce((sum, each) => sum + (each[each.length - length + i] ?? each[0] ?? 0), 0))
}
