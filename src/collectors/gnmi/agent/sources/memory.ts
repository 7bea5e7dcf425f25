import { readFile } from 'node:fs/promises'
import type { Leaf, LeafPaths } from '../tree/leaf.ts'
import { measure, type Source, state } from './source.ts'
import { systemInformation } from './system-information.ts'

/** Bytes. */
export interface Memory {
  physical: number
  free: number
  /** What programs could still get: free, and what the system would give back. */
  available: number
}

/** /system/memory/state/{physical,used,free,available}, in bytes; used is what is not available. */
export class MemorySource implements Source {
  readonly name = 'memory'
  readonly roots = ['/system/memory']
  readonly every = process.platform === 'linux' ? 1_000 : 5_000
  readonly #paths: LeafPaths
  readonly #read: () => Promise<Memory>

  constructor(paths: LeafPaths, read: () => Promise<Memory> = readMemory) {
    this.#paths = paths
    this.#read = read
  }

  async read(): Promise<Leaf[]> {
    const { physical, free, available } = await this.#read()
    const path = (name: string) => this.#paths.get(`/system/memory/state/${name}`)
    return [
      state(path('physical'), BigInt(physical)),
      measure(path('used'), BigInt(physical - available)),
      measure(path('free'), BigInt(free)),
      measure(path('available'), BigInt(available)),
    ]
  }
}

/** Linux tells it in one file; elsewhere the package starts a program. */
async function readMemory(): Promise<Memory> {
  const own = process.platform === 'linux' ? parseMeminfo(await readFile('/proc/meminfo', 'utf8')) : undefined
  if (own) return own
  const { total, free, available } = await (await systemInformation()).mem()
  return { physical: total, free, available }
}

/** `MemTotal:  25276502 kB` and so on (proc(5)), where kB is KiB. */
export function parseMeminfo(text: string): Memory | undefined {
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024
  const memory = { physical: bytes('MemTotal'), free: bytes('MemFree'), available: bytes('MemAvailable') }
  return Object.values(memory).every(Number.isFinite) ? memory : undefined
}
