import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { ShitopsError } from '../../base/errors.ts'
import { loadNoble, moduleError, noRadio, noRights, off } from './sources/noble/load-noble.ts'

export interface RadioProbe {
  status: 'ok' | 'warning'
  /** What was found. */
  detail: string
  /** What to do about it. */
  next?: string
}

/** What is asked of noble's driver on Linux, which talks to the kernel without turning anything on. */
export interface HciDriver {
  getDeviceList(): ReadonlyArray<{ devId: number; devUp: boolean }>
}

/** The machine, as the probe sees it. */
export interface Machine {
  platform: NodeJS.Platform
  /** noble's driver; throws what keeps it from working. */
  driver(): HciDriver
  /** Text of /proc/self/status. */
  processStatus(): Promise<string>
}

/** CAP_NET_RAW (linux/capability.h): to send commands over a raw socket. */
const NET_RAW = 13n

const thisMachine: Machine = {
  platform: process.platform,
  driver: loadDriver,
  processStatus: () => readFile('/proc/self/status', 'utf8'),
}

/**
 * Whether `scan --source noble` can work here: the library, the adapter, the rights; nothing is switched on and nothing is sent. A missing
 * radio is a warning: everything else works without one.
 */
export async function probeRadio(machine: Machine = thisMachine): Promise<RadioProbe> {
  try {
    return { status: 'ok', detail: await inspect(machine) }
  } catch (error) {
    if (!(error instanceof ShitopsError)) throw error
    const [next] = error.suggestions
    return { status: 'warning', detail: error.message, ...(next !== undefined && { next }) }
  }
}

async function inspect({ platform, driver, processStatus }: Machine): Promise<string> {
  const hci = driver()
  // Elsewhere the system keeps adapter and rights to itself until a scan begins.
  if (platform !== 'linux') return '@abandonware/noble is installed; the system tells of adapter and rights when a scan begins'
  const adapters = hci.getDeviceList()
  const up = adapters.find(({ devUp }) => devUp)
  if (adapters.length === 0) throw noRadio('there is no Bluetooth adapter')
  if (!up) throw off()
  if (!mayScan(await processStatus())) throw noRights()
  return `adapter hci${up.devId} is on, and this user may scan with it`
}

/** True when the effective capabilities (hex, `CapEff`) have CAP_NET_RAW; root has them all. */
function mayScan(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  return effective !== undefined && ((BigInt(`0x${effective}`) >> NET_RAW) & 1n) === 1n
}

/** noble's own driver, a socket of it opened but not bound. */
function loadDriver(): HciDriver {
  loadNoble()
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('@abandonware/noble/package.json'))
    const Driver = require('@abandonware/bluetooth-hci-socket') as new () => HciDriver
    return new Driver()
  } catch (error) {
    throw moduleError(error)
  }
}
