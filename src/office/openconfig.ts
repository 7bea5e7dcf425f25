import type { Counters, DeviceState } from './network.ts'

/** A path element and its keys, as gNMI has them. */
export interface Elem {
  name: string
  key?: Record<string, string>
}

/** One leaf of a device: elements from the root, and its value (bigint goes out as uint64, number as double, text as string). */
export interface Leaf {
  path: readonly Elem[]
  value: bigint | number | string
}

/**
 * A device as OpenConfig models it: openconfig-interfaces counters, openconfig-system CPU, boot time and up-time.
 * Percentages are 0–100, times nanoseconds, counters 64 bits wide.
 *
 * @param now ms since the epoch
 */
export function leavesOf(device: DeviceState, now: number): Leaf[] {
  const leaves: Leaf[] = [
    { path: [...CPU, { name: 'instant' }], value: BigInt(device.cpu) },
    { path: [...SYSTEM_STATE, { name: 'boot-time' }], value: nanoseconds(device.bootTime) },
    { path: [...SYSTEM_STATE, { name: 'up-time' }], value: nanoseconds(now - device.bootTime) },
  ]
  for (const [name, counters] of device.interfaces) {
    const state = [{ name: 'interfaces' }, { name: 'interface', key: { name } }, { name: 'state' }]
    leaves.push({ path: [...state, { name: 'oper-status' }], value: 'UP' })
    for (const [leaf, field] of COUNTERS) {
      leaves.push({ path: [...state, { name: 'counters' }, { name: leaf }], value: counters[field] })
    }
  }
  return leaves
}

const CPU: readonly Elem[] = [
  { name: 'system' },
  { name: 'cpus' },
  { name: 'cpu', key: { index: 'ALL' } },
  { name: 'state' },
  { name: 'total' },
]
const SYSTEM_STATE: readonly Elem[] = [{ name: 'system' }, { name: 'state' }]
const COUNTERS: ReadonlyArray<readonly [string, keyof Counters]> = [
  ['in-octets', 'inOctets'],
  ['out-octets', 'outOctets'],
  ['in-pkts', 'inPkts'],
  ['out-pkts', 'outPkts'],
  ['in-discards', 'inDiscards'],
  ['out-discards', 'outDiscards'],
]

/** ms to ns; a nanosecond count of our days is beyond 2^53. */
export const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n
