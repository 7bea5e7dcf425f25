import { amount, duration, moment, quoted, words } from '../../live/format.ts'
import type { MetricSeries } from '../../live/model/model.ts'
import { sparkline } from '../draw/chart.ts'
import { beside, chart } from '../draw/chart-block.ts'
import { blank, type Row } from '../draw/row.ts'
import type { Cell } from '../draw/table.ts'
import type { World } from '../world.ts'
import { alertList } from './alert-list.ts'
import { type Device, devicesOf } from './devices.ts'
import type { Item, ListView } from './view.ts'

/** Loss that people notice in a call. */
const LOSS_BAD = 0.01
const SPARK = 20

/** Devices: those of LibreNMS and those that a sample has come of. */
export const networkView: ListView = {
  name: 'network',
  // All of a fixed width: no row needs to be made that is not seen.
  columns: [
    { title: 'Device', fixed: 16, grows: true, most: 32 },
    { title: 'State', fixed: 8 },
    { title: 'Alerts', align: 'right', fixed: 6, from: 64 },
    { title: 'Loss', align: 'right', fixed: 7 },
    { title: 'CPU', align: 'right', fixed: 7 },
    { title: 'In', align: 'right', fixed: 11, from: 76 },
    { title: 'Out', align: 'right', fixed: 11, from: 76 },
    { title: 'CPU, lately', fixed: SPARK, from: 110 },
    { title: 'Loss, lately', fixed: SPARK, from: 136 },
    { title: 'Up for', align: 'right', fixed: 6, from: 96 },
    { title: 'Hardware', fixed: 24, from: 170 },
  ],
  sorts: [
    { name: 'trouble', column: 1 },
    { name: 'device', column: 0 },
    { name: 'loss', column: 3 },
    { name: 'CPU', column: 4 },
    { name: 'in', column: 5 },
  ],
  items: (world) => {
    const firing = firingOf(world)
    return world.operations ? Array.from(devicesOf(world.operations).values(), (device) => deviceItem(device, firing)) : []
  },
  empty: (world) =>
    world.operations
      ? 'No device yet: neither LibreNMS (shitops librenms sync) nor gNMI (shitops gnmi subscribe) has told of one.'
      : 'The token does not open the channel operations, which has the devices.',
  panelHeight: (height) => (height >= 40 ? 22 : height >= 26 ? 11 : height >= 17 ? 7 : 0),
  panel: (world, chosen, width, height) => chartsOf(world, chosen, width, height),
}

function firingOf(world: World): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { subject, labels } of alertList(world).firing) {
    for (const name of new Set([subject, labels.target, labels.device])) if (name) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

function deviceItem(device: Device, firing: ReadonlyMap<string, number>): Item {
  const { name, facts, newest, loss, cpu, into, out } = device
  const alerts = firing.get(name) ?? 0
  const down = facts?.up === false
  const trouble = (down ? 1_000 : 0) + alerts * 10 + ((loss ?? 0) > LOSS_BAD ? 1 : 0)
  return {
    ...{ key: name, topic: facts ? 'librenms_devices' : 'device_metrics', partition: 0, offset: -1, timestamp: newest, recordKey: name },
    // Of those that are looked at alone.
    get value() {
      return { device: name, up: !down, packet_loss: loss, cpu_load: cpu, if_in_bps: into, if_out_bps: out, alerts, ...facts }
    },
    get cells() {
      return cellsOf(device, down, alerts)
    },
    order: [-trouble, name, -(loss ?? -1), -(cpu ?? -1), -(into ?? -1)],
    command: `shitops tail device_metrics --key ${quoted(name)} --from @15m`,
  }
}

function cellsOf({ name, facts, series, loss, lossUnit, cpu, cpuUnit, into, out }: Device, down: boolean, alerts: number): Cell[] {
  const lately = (metric: string): Cell => {
    const values = series.find((each) => each.metric === metric)?.history.tail(SPARK) ?? []
    return [sparkline(values, SPARK, 0), 'accent']
  }
  return [
    name,
    down ? ['✖ down', 'critical'] : facts ? ['✔ up', 'good'] : ['✔ heard', 'good'],
    alerts === 0 ? ['0', 'dim'] : [String(alerts), 'warning'],
    [amount(loss, lossUnit), (loss ?? 0) > LOSS_BAD ? 'warning' : 'plain'],
    amount(cpu, cpuUnit),
    amount(into, 'bit/s'),
    amount(out, 'bit/s'),
    lately('cpu_load'),
    lately('packet_loss'),
    typeof facts?.uptime_s === 'number' ? duration(facts.uptime_s * 1000) : '–',
    [String(facts?.hardware ?? ''), 'dim'],
  ]
}

/** The series of the chosen device that say most, loss first where there is any: as many as there is room for. */
function chartsOf(world: World, chosen: Item | undefined, width: number, height: number): Row[] {
  const device = chosen && world.operations && devicesOf(world.operations).get(chosen.key)
  if (!device) return []
  const series = tellingFirst(device.series)
  if (series.length === 0)
    return [
      blank,
      [
        [device.name, 'strong'],
        ['  no series with two samples yet', 'dim'],
      ],
    ]
  const across = width >= WIDE ? 2 : 1
  const down = height >= TALL ? 2 : 1
  const [wide, high] = [Math.floor((width - GAP * (across - 1)) / across), Math.floor(height / down) - 1]
  const rows: Row[] = []
  for (let i = 0; i < Math.min(series.length, across * down); i += across)
    rows.push(
      blank,
      ...beside(
        series.slice(i, i + across).map((each) => seriesChart(each, wide, high)),
        GAP,
      ),
    )
  return rows
}

/** Columns and rows from which on there is room for two charts. */
const [WIDE, TALL] = [110, 16]
const GAP = 3
const ORDER = ['cpu_load', 'packet_loss', 'if_in_bps', 'if_out_bps']

/** Of each metric one first: that with the most to see. */
function tellingFirst(series: readonly MetricSeries[]): MetricSeries[] {
  const rank = ({ metric, history }: MetricSeries) => {
    if (metric === 'packet_loss' && history.tail(history.length).some((value) => value > 0)) return -1
    const place = ORDER.indexOf(metric)
    return place < 0 ? ORDER.length : place
  }
  const ranked = series
    .filter(({ history }) => history.length > 1)
    .map((each) => ({ each, rank: rank(each) }))
    .sort((a, b) => a.rank - b.rank)
  const seen = new Set<string>()
  const first = ranked.filter(({ each: { metric } }) => !seen.has(metric) && seen.add(metric))
  return [...first, ...ranked.filter((each) => !first.includes(each))].map(({ each }) => each)
}

const NAMES: Readonly<Record<string, string>> = { cpu_load: 'CPU load', if_in_bps: 'traffic in', if_out_bps: 'traffic out' }

/** A series as a line over time, with a title that says what and when. */
export function seriesChart({ target, metric, instance, unit, history }: MetricSeries, width: number, height: number): Row[] {
  const points = history.points()
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0]
  const title = [target, NAMES[metric] ?? words(metric).toLowerCase(), instance].filter((each) => each !== '').join(' · ')
  const note = `${amount(points.at(-1)?.value, unit)} now · ${moment(from, to)} to ${moment(to)}`
  return chart({ title, note, points, unit, width, height })
}
