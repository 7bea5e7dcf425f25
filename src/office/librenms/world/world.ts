import type { Row, Value } from '../json.ts'
import { PORT, row, SERVICE } from '../models/columns.ts'
import type { Model } from '../models/model.ts'
import { AlertingWorld } from './alerting.ts'
import { change, columnOf, type Device, type Part, type Port } from './device.ts'
import type { DeviceRef, Group, NewDevice, WorldOptions } from './state.ts'

/** What a LibreNMS has found: devices, alerts, logs; and what may happen to it, a verb each. Deterministic by seed and clock. */
export class World extends AlertingWorld {
  constructor(options: WorldOptions) {
    super(options)
    this.#populate(options.devices ?? this.models.length)
  }

  // Polls and what they find

  /** A poll ends: times and uptime move, counters go on. Of a device that is down nothing moves. */
  poll(which: DeviceRef): void {
    const device = this.device(which)
    const now = this.clock.now()
    if (device.row.status !== 1 || device.row.disabled === 1) return
    device.polls++
    device.polledBefore = device.polledAt
    device.polledAt = now
    Object.assign(device.row, {
      last_polled: now,
      last_ping: now,
      last_ping_timetaken: 1.25,
      last_polled_timetaken: 3.5,
      uptime: device.row.snmp_disable === 1 ? null : Math.floor((now - device.bootedAt) / 1000),
    })
  }

  pollAll(): void {
    for (const device of this.inventory.devices.values()) this.poll(device)
  }

  portDown(which: Port | number): void {
    const port = this.port(which as Port)
    if (port.downAt >= 0) return
    this.#portStatus(port, 'down')
    port.downAt = port.device.polls
  }

  portUp(which: Port | number): void {
    const port = this.port(which as Port)
    if (port.downAt < 0) return
    this.#portStatus(port, 'up')
    port.idle += port.device.polls - port.downAt
    port.downAt = -1
  }

  /** Columns of a port change without an event: an alias, a speed. */
  changePort(which: Port | number, columns: Row): void {
    change(this.port(which as Port), columns)
  }

  /** Nothing is logged: only a sweep finds it. */
  addPort(which: DeviceRef, columns: Row & { ifName: string }): Port {
    const device = this.device(which)
    const index = 1 + Math.max(0, ...device.ports.map((port) => Number(columnOf(port, 'ifIndex'))))
    return this.inventory.addPart(device, 'ports', row(PORT, { ifIndex: index, ifDescr: columns.ifName, ...columns })) as Port
  }

  /** Marked as deleted, so that lists lack it; `purge`: the row goes too. Nothing is logged. */
  removePort(which: Port | number, { purge = false } = {}): void {
    const port = this.port(which as Port)
    change(port, { deleted: 1 })
    if (!purge) return
    port.device.ports.splice(port.device.ports.indexOf(port), 1)
    this.inventory.ports.delete(port.id)
  }

  /** A sensor's new value; an event when it crosses a limit, or when a state changes. `lastupdate` moves when the value does. */
  sensorValue(which: Part | number, value: number): void {
    const sensor = typeof which === 'number' ? this.inventory.sensors.get(which) : which
    if (!sensor) throw new RangeError(`no sensor ${String(which)}`)
    const old = Number(columnOf(sensor, 'sensor_current'))
    if (old === value) return
    change(sensor, { sensor_prev: old, sensor_current: value, lastupdate: this.clock.now() })
    const [kind, name] = [String(columnOf(sensor, 'sensor_class')), String(columnOf(sensor, 'sensor_descr'))]
    const beyond = (limit: Value, over: boolean) =>
      typeof limit === 'number' && (over ? value > limit && old <= limit : value < limit && old >= limit)
    const say = (message: string, type: string) => this.event(sensor.device, { message, type, reference: sensor.id, severity: 4 })
    if (kind === 'state') say(`State sensor ${name} has changed from ${old} to ${value}`, 'State')
    else if (beyond(columnOf(sensor, 'sensor_limit'), true)) say(`${kind} ${name} above threshold: ${value}`, kind)
    else if (beyond(columnOf(sensor, 'sensor_limit_low'), false)) say(`${kind} ${name} under threshold: ${value}`, kind)
  }

  deviceDown(which: DeviceRef, reason: 'icmp' | 'snmp' = 'icmp'): void {
    const device = this.device(which)
    if (device.row.status === 0) return
    Object.assign(device.row, { status: 0, status_reason: reason })
    device.outages.push({ going_down: Math.floor(this.clock.now() / 1000), up_again: null })
    this.event(device, { message: `Device status changed to Down from ${reason} check.`, type: 'down', severity: 5 })
  }

  deviceUp(which: DeviceRef): void {
    const device = this.device(which)
    if (device.row.status === 1) return
    const reason = String(device.row.status_reason)
    Object.assign(device.row, { status: 1, status_reason: '' })
    const outage = device.outages.at(-1)
    if (outage) outage.up_again = Math.floor(this.clock.now() / 1000)
    this.event(device, { message: `Device status changed to Up from ${reason} check.`, type: 'up', severity: 1 })
  }

  /** Uptime and counters begin again. */
  reboot(which: DeviceRef): void {
    const device = this.device(which)
    const now = this.clock.now()
    const before = Math.floor((now - device.bootedAt) / 1000)
    device.bootedAt = now
    device.pollsAtBoot = Math.max(device.polls, 1)
    device.polls = device.pollsAtBoot
    for (const port of device.ports) {
      port.idle = 0
      if (port.downAt >= 0) port.downAt = device.polls
    }
    device.row.uptime = 0
    this.event(device, { message: `Device rebooted after ${before}s`, type: 'reboot', severity: 4 })
  }

  // The inventory

  addDevice(hostname: string, { model = this.models[0] as Model, ...columns }: NewDevice = {}, username = ''): Device {
    const device = this.inventory.add(model, hostname, this.clock.now(), columns as Row)
    this.event(device, { message: `Device ${hostname} has been created`, type: 'system', reference: device.id, severity: 3, username })
    return device
  }

  rename(which: DeviceRef, hostname: string, username = ''): void {
    const device = this.device(which)
    this.inventory.rename(device, hostname)
    this.event(device, { message: `Hostname changed -> ${hostname} (api)`, type: 'system', severity: 3, username })
  }

  /** The device and all that is its: its events go too. One row remains, of no device. */
  deleteDevice(which: DeviceRef): void {
    const device = this.device(which)
    this.inventory.remove(device)
    this.events.remove((event) => event.device === device.id)
    this.alerts.forget(device.id)
    this.components.forget(device.id)
    for (const [id, service] of this.services) if (service.device_id === device.id) this.services.delete(id)
    for (const group of this.groups.values()) group.devices = group.devices.filter((id) => id !== device.id)
    this.event(0, { message: `Device ${device.row.hostname} has been removed`, type: 'system', severity: 3 })
  }

  /** Columns of a device change without an event: notes, flags, a version. */
  changeDevice(which: DeviceRef, columns: Row): void {
    Object.assign(this.device(which).row, columns)
  }

  setNotes(which: DeviceRef, notes: string | null): void {
    this.changeDevice(which, { notes })
  }

  /** Another database with the same devices: every id anew, logs and alerts empty. */
  resetDatabase(): void {
    const devices = new Map([...this.inventory.devices].map(([id, device]) => [id, device]))
    this.inventory.renumber()
    const moved = (id: unknown) => devices.get(Number(id))?.id
    for (const group of this.groups.values()) group.devices = group.devices.flatMap((id) => moved(id) ?? [])
    for (const service of this.services.values()) service.device_id = moved(service.device_id) ?? 0
    this.events.reset()
    this.alerts.reset()
    this.components.reset()
  }

  /** From now on tokens see no device: lists are empty, with 200. */
  revokeViewAll(): void {
    this.viewAllRevoked = true
  }

  grantViewAll(): void {
    this.viewAllRevoked = false
  }

  // The rest of what lists have

  addGroup(name: string, devices: readonly DeviceRef[], type: Group['type'] = 'static'): Group {
    const group: Group = { id: this.inventory.nextId('groups'), name, desc: '', type, devices: devices.map((d) => this.device(d).id) }
    this.groups.set(group.id, group)
    return group
  }

  addService(which: DeviceRef, known: Row): Row {
    const device = this.device(which)
    const service_id = this.inventory.nextId('services')
    const service = row(SERVICE, { service_ip: String(device.row.hostname), ...known, service_id, device_id: device.id })
    this.services.set(service_id, service)
    return service
  }

  underMaintenance(which: DeviceRef): boolean {
    const now = this.clock.now()
    const { id } = this.device(which)
    return this.maintenance.some(({ device, start, end }) => device === id && start <= now && now < end)
  }

  /** Every credential in the database: what no topic, log or fixture may show. */
  secrets(): string[] {
    const columns = ['community', 'authname', 'authpass', 'cryptopass']
    const all = [...this.inventory.devices.values()].flatMap(({ row }) => columns.map((column) => row[column]))
    return all.filter((value): value is string => typeof value === 'string' && value !== '')
  }

  #portStatus(port: Port, status: 'up' | 'down'): void {
    const old = columnOf(port, 'ifOperStatus')
    const ticks = Math.floor((this.clock.now() - port.device.bootedAt) / 10) % 2 ** 32
    change(port, { ifOperStatus: status, ifOperStatus_prev: old, ifLastChange: ticks })
    this.event(port.device, { message: `ifOperStatus: ${old} -> ${status}`, type: 'interface', reference: port.id, severity: 3 })
  }

  #populate(count: number): void {
    const now = this.clock.now()
    const places = [
      this.inventory.location('Berlin, 3rd floor', now, { lat: '52.52000000', lng: '13.40500000' }),
      this.inventory.location('Zürich, Büro 2', now),
    ]
    for (let i = 0; i < count; i++) {
      const model = this.models[i % this.models.length] as Model
      const hostname = `${model.name}-${Math.floor(i / this.models.length) + 1}.example.net`
      const location_id = i % 5 === 4 ? null : (places[i % places.length]?.id ?? null)
      this.poll(this.inventory.add(model, hostname, now - 40 * 86_400_000, { location_id }))
    }
    const [first] = this.inventory.devices.values()
    if (!first) return
    this.alerts.addRule({ name: 'Port status up/down', alert_operation_id: 1 })
    this.alerts.addRule({ name: 'Device down (ICMP)', alert_operation_id: 1 })
    // Nobody is told of this one: it has no operation.
    this.alerts.addRule({ name: 'Sensor over limit', severity: 'warning' })
    this.addGroup('core', [first])
    this.addService(first, {
      service_type: 'http',
      service_desc: 'web interface',
      service_name: 'web',
      service_changed: Math.floor(now / 1000),
    })
  }
}
