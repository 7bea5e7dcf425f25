import { amount, duration, moment, quoted, words } from '../../live/format.ts'
import type { MetricSeries, Model } from '../../live/model/model.ts'
import { braille, bucketed, sparkline } from '../draw/chart.ts'
import { blank, type Row } from '../draw/row.ts'
import type { Cell } from '../draw/table.ts'
import type { World } from '../world.ts'
import type { Item, ListView } from './view.ts'

type Value = Readonly<Record<string, unknown>>

/** Of several interfaces or processors the worst counts for the first two, the sum for the others. */
const METRICS = ['packet_loss', 'cpu_load', 'if_in_bps', 'if_out_bps'] as const
type Metric = (typeof METRICS)[number]
const SUMMED: ReadonlySet<Metric> = new Set(['if_in_bps', 'if_out_bps'])
const LOSS_BAD = 0.01
const SPARK = 16

interface Device {
  readonly name: string
  facts?: Value
  readonly series: MetricSeries[]
}

/** Devices: those of LibreNMS and those that a sample has come of. */
export const networkView: ListView = {
  name: 'network',
  columns: [
    { title: 'Device', most: 28 },
    { title: 'State' },
    { title: 'Alerts', align: 'right', from: 64 },
    { title: 'Loss', align: 'right' },
    { title: 'CPU', align: 'right' },
    { title: 'In', align: 'right', from: 76 },
    { title: 'Out', align: 'right', from: 76 },
    { title: 'CPU, lately', from: 110 },
    { title: 'Hardware', from: 130, most: 24 },
    { title: 'Up for', align: 'right', from: 96 },
  ],
  sorts: [
    { name: 'trouble', column: 1 },
    { name: 'device', column: 0 },
    { name: 'loss', column: 3 },
    { name: 'cpu', column: 4 },
    { name: 'in', column: 5 },
  ],
  items: (world) => {
    const firing = firingOf(world)
    return world.operations ? [...devicesOf(world.operations).values()].map((device) => deviceItem(device, firing)) : []
  },
  empty: (world) =>
    world.operations
      ? 'No device yet: neither LibreNMS (shitops librenms sync) nor gNMI (shitops gnmi subscribe) has told of one.'
      : 'The token does not open the channel operations, which has the devices.',
  panelHeight: (height) => (height >= 26 ? 9 : height >= 17 ? 6 : 0),
  panel: (world, chosen, width, height) => chartOf(world, chosen, width, height),
}

export function devicesOf(model: Model): Map<string, Device> {
  const devices = new Map<string, Device>()
  const of = (name: string): Device => {
    const device = devices.get(name) ?? { name, series: [] }
    devices.set(name, device)
    return device
  }
  for (const [key, facts] of model.devices) of(String(facts.display ?? facts.sys_name ?? facts.hostname ?? key)).facts = facts
  for (const series of model.series.values()) of(series.target).series.push(series)
  return devices
}

function firingOf(world: World): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { status, subject, labels } of world.alerts) {
    if (status !== 'firing') continue
    for (const name of new Set([subject, labels.target, labels.device])) if (name) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

function latest(series: readonly MetricSeries[], metric: Metric): number | undefined {
  const values = series.filter((each) => each.metric === metric).flatMap(({ history }) => history.last?.value ?? [])
  if (values.length === 0) return undefined
  return SUMMED.has(metric) ? values.reduce((sum, each) => sum + each, 0) : Math.max(...values)
}

function deviceItem({ name, facts, series }: Device, firing: ReadonlyMap<string, number>): Item {
  const [loss, cpu, into, out] = METRICS.map((metric) => latest(series, metric))
  const alerts = firing.get(name) ?? 0
  const down = facts?.up === false
  const state: Cell = down ? ['✖ down', 'critical'] : facts ? ['✔ up', 'good'] : ['✔ heard', 'good']
  const newest = Math.max(0, ...series.map(({ history }) => history.last?.at ?? 0))
  const cpuUnit = series.find(({ metric }) => metric === 'cpu_load')?.unit
  const lossUnit = series.find(({ metric }) => metric === 'packet_loss')?.unit
  const trouble = (down ? 1_000 : 0) + alerts * 10 + ((loss ?? 0) > LOSS_BAD ? 1 : 0)
  const recent =
    series
      .find(({ metric }) => metric === 'cpu_load')
      ?.history.points()
      .slice(-SPARK) ?? []
  return {
    ...{ key: name, topic: facts ? 'librenms_devices' : 'device_metrics', partition: 0, offset: -1, timestamp: newest, recordKey: name },
    value: { device: name, up: !down, packet_loss: loss, cpu_load: cpu, if_in_bps: into, if_out_bps: out, alerts, ...facts },
    cells: [
      name,
      state,
      alerts === 0 ? ['0', 'dim'] : [String(alerts), 'warning'],
      [amount(loss, lossUnit), (loss ?? 0) > LOSS_BAD ? 'warning' : 'plain'],
      amount(cpu, cpuUnit),
      amount(into, 'bit/s'),
      amount(out, 'bit/s'),
      [
        sparkline(
          recent.map(({ value }) => value),
          SPARK,
          0,
        ),
        'accent',
      ],
      String(facts?.hardware ?? ''),
      typeof facts?.uptime_s === 'number' ? duration(facts.uptime_s * 1000) : '–',
    ],
    order: [-trouble, name, -(loss ?? -1), -(cpu ?? -1), -(into ?? -1)],
    command: `shitops tail device_metrics --key ${quoted(name)} --from @15m`,
  }
}

/** The series of the chosen device that says most: loss where there is any, else the load. */
function chartOf(world: World, chosen: Item | undefined, width: number, height: number): Row[] {
  const device = chosen && world.operations && devicesOf(world.operations).get(chosen.key)
  const of = (metric: Metric) => device?.series.filter((each) => each.metric === metric && each.history.length > 1) ?? []
  const lossy = of('packet_loss').filter(({ history }) => history.points().some(({ value }) => value > 0))
  const series =
    [...lossy, ...of('cpu_load'), ...of('if_in_bps'), ...of('packet_loss')][0] ?? device?.series.find(({ history }) => history.length > 1)
  if (!device || !series) return [blank, [[device ? `${device.name}: no series with two samples yet` : '', 'dim']]]
  const points = series.history.points()
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0]
  const across = Math.max(10, width - 14)
  const { lines, low, high } = braille(filled(bucketed(points, from, to, across * 2)), across, height - 2, 0)
  const label = [device.name, words(series.metric).toLowerCase(), series.instance].filter((each) => each !== '').join(' · ')
  const rows = lines.map((text, i): Row => {
    const mark = i === 0 ? amount(high, series.unit) : i === lines.length - 1 ? amount(low, series.unit) : ''
    return [
      [`${mark.padStart(12)} `, 'dim'],
      [text, 'accent'],
    ]
  })
  return [
    blank,
    [
      [label, 'strong'],
      [`  ${moment(from, to)} to ${moment(to)}`, 'dim'],
    ],
    ...rows,
  ]
}

/** A stretch without a sample has the value before it: samples are further apart than the columns. */
function filled(values: ReadonlyArray<number | null>): Array<number | null> {
  let before: number | null = null
  return values.map((value) => {
    before = value ?? before
    return before
  })
}
