import { readFile } from 'node:fs/promises'
import type { Leaf, LeafPaths } from '../tree/leaf.ts'
import { measure, type Source, state } from './source.ts'
import { systemInformation } from './system-information.ts'

/** What the system says of one interface; counters as openconfig-interfaces names them. */
export interface InterfaceReading {
  name: string
  /** RFC 2863's word, in any case: up, down, dormant, lowerlayerdown … */
  operState?: string
  counters: Partial<Record<Counter, bigint>>
}

type Counter = `${'in' | 'out'}-${'octets' | 'pkts' | 'errors' | 'discards'}`

/** openconfig-interfaces' words for Linux's. */
const OPER_STATUS: Readonly<Record<string, string>> = { lowerlayerdown: 'LOWER_LAYER_DOWN', notpresent: 'NOT_PRESENT' }
const KNOWN = new Set(['UP', 'DOWN', 'TESTING', 'UNKNOWN', 'DORMANT', 'NOT_PRESENT', 'LOWER_LAYER_DOWN'])

/** /interfaces/interface[name]/state/{name,oper-status,counters/…} */
export class InterfaceSource implements Source {
  readonly name = 'interfaces'
  readonly roots = ['/interfaces']
  readonly every = process.platform === 'linux' ? 1_000 : 5_000
  readonly #paths: LeafPaths
  readonly #read: () => Promise<InterfaceReading[]>

  constructor(paths: LeafPaths, read: () => Promise<InterfaceReading[]> = readInterfaces) {
    this.#paths = paths
    this.#read = read
  }

  async read(): Promise<Leaf[]> {
    return (await this.#read()).flatMap(({ name, operState, counters }) => {
      const path = (leaf: string) => this.#paths.get(`/interfaces/interface[name=%]/state/${leaf}`, name)
      const status = operState && (OPER_STATUS[operState.toLowerCase()] ?? operState.toUpperCase())
      return [
        state(path('name'), name),
        ...(status && KNOWN.has(status) ? [state(path('oper-status'), status)] : []),
        ...Object.entries(counters).map(([counter, value]) => measure(path(`counters/${counter}`), value)),
      ]
    })
  }
}

/** Linux has all counters in one file; the package knows no packets, and starts a program for each interface. */
export async function readInterfaces(): Promise<InterfaceReading[]> {
  if (process.platform !== 'linux') return fromSystemInformation()
  const interfaces = parseProcNetDev(await readFile('/proc/net/dev', 'utf8'))
  return Promise.all(
    interfaces.map(async (one) => {
      const operState = await readFile(`/sys/class/net/${one.name}/operstate`, 'utf8').catch(() => '')
      return { ...one, ...(operState && { operState: operState.trim() }) }
    }),
  )
}

/** Lines `eth0: bytes packets errs drop …` received, eight of them, then sent (proc(5)). */
export function parseProcNetDev(text: string): InterfaceReading[] {
  return [...text.matchAll(/^\s*(\S+):\s*([\d\s]+)$/gm)].flatMap(([, name = '', fields = '']) => {
    const numbers = fields.trim().split(/\s+/)
    if (numbers.length < 12) return []
    const at = (i: number) => BigInt(numbers[i] ?? 0)
    const counters = {
      ...{ 'in-octets': at(0), 'in-pkts': at(1), 'in-errors': at(2), 'in-discards': at(3) },
      ...{ 'out-octets': at(8), 'out-pkts': at(9), 'out-errors': at(10), 'out-discards': at(11) },
    }
    return [{ name, counters }]
  })
}

async function fromSystemInformation(): Promise<InterfaceReading[]> {
  const all = await (await systemInformation()).networkStats('*')
  return all.map(({ iface, operstate, ...stats }) => {
    const counters: Array<[Counter, number | null]> = [
      ...([['in-octets', stats.rx_bytes] as const, ['in-errors', stats.rx_errors], ['in-discards', stats.rx_dropped]] as const),
      ...([['out-octets', stats.tx_bytes] as const, ['out-errors', stats.tx_errors], ['out-discards', stats.tx_dropped]] as const),
    ].map(([name, value]) => [name, value])
    const known = counters.flatMap(([name, value]) =>
      Number.isSafeInteger(value) && Number(value) >= 0 ? [[name, BigInt(Number(value))]] : [],
    )
    return { name: iface, ...(operstate && { operState: operstate }), counters: Object.fromEntries(known) }
  })
}
