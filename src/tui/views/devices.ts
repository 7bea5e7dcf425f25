import type { MetricSeries, Model } from '../../live/model/model.ts'

type Value = Readonly<Record<string, unknown>>

/** A device as LibreNMS or its own samples tell of it. Of several interfaces or processors the worst counts for loss and load, the sum for the rates. */
export interface Device {
  readonly name: string
  facts?: Value
  readonly series: MetricSeries[]
  /** Event time of its newest sample, ms; 0 before the first. */
  newest: number
  loss?: number
  lossUnit?: string
  cpu?: number
  cpuUnit?: string
  /** bit/s */
  into?: number
  out?: number
}

/** Of one state of a model: several parts of a frame ask for the same. */
const known = new WeakMap<Model, { version: number; devices: Map<string, Device> }>()

/** By name: those of LibreNMS first, then those that a sample has come of. One pass over what is there, however many devices that are. */
export function devicesOf(model: Model): ReadonlyMap<string, Device> {
  const before = known.get(model)
  if (before?.version === model.version) return before.devices
  const devices = new Map<string, Device>()
  const of = (name: string): Device => {
    let device = devices.get(name)
    if (!device) {
      device = { name, series: [], newest: 0 }
      devices.set(name, device)
    }
    return device
  }
  for (const [key, facts] of model.devices) of(String(facts.display ?? facts.sys_name ?? facts.hostname ?? key)).facts = facts
  for (const series of model.series.values()) addTo(of(series.target), series)
  known.set(model, { version: model.version, devices })
  return devices
}

function addTo(device: Device, series: MetricSeries): void {
  device.series.push(series)
  const { last } = series.history
  if (!last) return
  device.newest = Math.max(device.newest, last.at)
  switch (series.metric) {
    case 'packet_loss':
      device.loss = Math.max(device.loss ?? last.value, last.value)
      device.lossUnit = series.unit
      return
    case 'cpu_load':
      device.cpu = Math.max(device.cpu ?? last.value, last.value)
      device.cpuUnit = series.unit
      return
    case 'if_in_bps':
      device.into = (device.into ?? 0) + last.value
      return
    case 'if_out_bps':
      device.out = (device.out ?? 0) + last.value
  }
}
