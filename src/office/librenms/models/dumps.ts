import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from '../json.ts'
import { DEVICE, ENTITY, LINK, PORT, row, SENSOR } from './columns.ts'
import type { Model } from './model.ts'

type Tables = Record<string, Row[]>
type Module = { discovery?: Tables; poller?: Tables | 'matches discovery' }

/**
 * Models from database dumps of LibreNMS's own tests, one a file: `{module: {discovery: {table: rows}, poller: …}}`.
 * Private names and serial numbers do not come along: they are real devices'.
 * @param folder with the .json files; none where it does not exist
 */
export function modelsFromDumps(folder: string): Model[] {
  let names: string[]
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
  return names
    .sort()
    .map((name) => modelOf(name.slice(0, -'.json'.length), JSON.parse(withoutSerials(readFileSync(join(folder, name), 'utf8')))))
}

function modelOf(name: string, dump: Record<string, Module>): Model {
  /** The poller's rows where it has any: discovery leaves counters null. */
  const table = (module: string, name: string): Row[] => {
    const { discovery, poller } = dump[module] ?? {}
    const polled = typeof poller === 'object' ? poller[name] : undefined
    return (polled ?? discovery?.[name] ?? []).map(withoutPrivate)
  }
  const ports = table('ports', 'ports').map((known) => row(PORT, known))
  const local = new Map(ports.map((port, index) => [port.ifName, index]))
  return {
    name,
    device: row(DEVICE, { ...table('os', 'devices')[0], sysName: null, sysContact: null, serial: null }),
    ports,
    sensors: table('sensors', 'sensors').map((known) => row(SENSOR, known)),
    inventory: table('entity-physical', 'entPhysical').map((known) => row(ENTITY, known)),
    links: table('discovery-protocols', 'links').map((known) => ({
      ...row(LINK, known),
      local: local.get(known.ifName ?? null) ?? 0,
    })),
    processors: table('processors', 'processors'),
    mempools: table('mempools', 'mempools'),
    storage: table('storage', 'storage'),
    wireless: table('wireless', 'wireless_sensors'),
    vlans: table('vlans', 'vlans'),
  }
}

/** Serial numbers stand in names and descriptions too. */
function withoutSerials(dump: string): string {
  const serials = new Set([...dump.matchAll(/"(?:serial|entPhysicalSerialNum)": "(\w{6,})"/g)].map(([, serial]) => serial as string))
  let text = dump
  for (const serial of serials) text = text.replaceAll(serial, '')
  return text
}

/** What its owner took out stands there as `<private>`. */
function withoutPrivate(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value === '<private>' ? null : value]))
}
