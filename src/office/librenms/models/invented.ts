import type { Row } from '../json.ts'
import { DEVICE, ENTITY, LINK, PORT, row, SENSOR } from './columns.ts'
import { type Model, NOTHING } from './model.ts'

/** Devices of no maker, small enough to read: what the double has where no dumps are at hand. */

/** Counters of the first port of a core switch begin just below 2^64, so that they are text now and numbers after they wrap. */
const NEAR_WRAP = 2n ** 64n - 5_000_000n
const GIGABIT = 1_000_000_000

/** @param sizes how many rows of each kind; the mean of twelve dumps is 39 ports, 16 sensors and 32 entities */
export function switchModel(name: string, sizes: { ports: number; sensors: number; entities: number }): Model {
  return {
    ...NOTHING,
    name,
    device: row(DEVICE, {
      sysDescr: 'Examplenet Operating System, version 7.2.1, model EX-48',
      sysObjectID: '.1.3.6.1.4.1.99999.1.48',
      version: '7.2.1',
      hardware: 'EX-48',
      features: 'advanced',
      os: 'examplenet',
      type: 'network',
      icon: 'examplenet.svg',
    }),
    ports: Array.from({ length: sizes.ports }, (_, i) => port(i, name === 'core-switch' && i === 0)),
    sensors: Array.from({ length: sizes.sensors }, (_, i) => sensor(i)),
    inventory: Array.from({ length: sizes.entities }, (_, i) => entity(i)),
    processors: [
      { processor_index: '1', processor_type: 'examplenet', processor_usage: 12, processor_descr: 'Processor 1', processor_precision: 1 },
    ],
    mempools: [
      { mempool_index: '1', mempool_type: 'examplenet', mempool_descr: 'RAM', mempool_perc: 40, mempool_used: 400, mempool_total: 1000 },
    ],
    links: [
      {
        ...row(LINK, { remote_hostname: 'core-1', remote_port: 'Ethernet1/2', remote_platform: 'EX-48', remote_version: '7.2.1' }),
        local: sizes.ports - 1,
      },
    ],
    vlans: [{ vlan_vlan: 10, vlan_domain: 1, vlan_name: 'office', vlan_type: 'ethernet', vlan_state: 1, vlan_mtu: null }],
  }
}

function port(index: number, wide: boolean): Row {
  const number = index + 1
  return row(PORT, {
    ifDescr: `Ethernet1/${number}`,
    ifName: `Ethernet1/${number}`,
    ifIndex: 10_000 + number,
    ifSpeed: GIGABIT,
    ifConnectorPresent: 'true',
    ifOperStatus_prev: 'up',
    ifAdminStatus_prev: 'up',
    ifDuplex: 'fullDuplex',
    ifMtu: 1500,
    ifType: 'ethernetCsmacd',
    ifAlias: index === 0 ? 'Büro "Süd" / uplink' : `desk ${number}`,
    ifPhysAddress: `020000${(0xa000 + number).toString(16).padStart(6, '0')}`,
    ifLastChange: 4_200 + index,
    ifVlan: '10',
    ...(wide && { ifInOctets: NEAR_WRAP, ifOutOctets: 2n ** 53n + 1n }),
  })
}

const CLASSES = ['temperature', 'state', 'fanspeed', 'voltage'] as const

function sensor(index: number): Row {
  const kind = CLASSES[index % CLASSES.length] ?? 'temperature'
  const known: Record<(typeof CLASSES)[number], Row> = {
    temperature: { sensor_current: 38.5, sensor_prev: 38, sensor_limit: 70, sensor_limit_warn: 60, sensor_limit_low: 0 },
    state: { sensor_current: 1, sensor_type: 'examplenetPower' },
    fanspeed: { sensor_current: 4200, sensor_limit_low: 1200 },
    voltage: { sensor_current: 3.3, sensor_limit: 3.6, sensor_limit_low: 3 },
  }
  return row(SENSOR, {
    sensor_class: kind,
    sensor_oid: `.1.3.6.1.4.1.99999.2.${index + 1}`,
    sensor_index: String(index + 1),
    sensor_type: 'examplenet',
    sensor_descr: `${kind} ${index + 1}`,
    ...known[kind],
  })
}

function entity(index: number): Row {
  const kind = index === 0 ? 'chassis' : index % 8 === 1 ? 'module' : 'port'
  return row(ENTITY, {
    entPhysicalIndex: index + 1,
    entPhysicalDescr: `${kind} ${index + 1}`,
    entPhysicalClass: kind,
    entPhysicalName: `${kind} ${index + 1}`,
    entPhysicalContainedIn: index === 0 ? 0 : 1,
    entPhysicalParentRelPos: index,
    entPhysicalModelName: index === 0 ? 'EX-48' : '',
    entPhysicalMfgName: 'Examplenet',
    entPhysicalIsFRU: 'false',
  })
}

/** A laptop: answers ping and no SNMP. */
export const PING_ONLY: Model = {
  ...NOTHING,
  name: 'ping-only',
  device: row(DEVICE, { os: 'ping', snmp_disable: 1, type: 'server', icon: 'ping.svg' }),
  ports: [],
}

/** Two switches, a power supply and a laptop: every list of the API has rows. */
export const INVENTED: readonly Model[] = [
  switchModel('core-switch', { ports: 6, sensors: 6, entities: 8 }),
  switchModel('access-switch', { ports: 12, sensors: 4, entities: 5 }),
  { ...switchModel('power-supply', { ports: 1, sensors: 4, entities: 0 }), links: [] },
  PING_ONLY,
]

/** As large as the mean of real devices: for worlds of thousands. */
export const AVERAGE: Model = switchModel('average-switch', { ports: 39, sensors: 16, entities: 32 })
