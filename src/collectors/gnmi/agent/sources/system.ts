import { readFile } from 'node:fs/promises'
import { hostname, release, type as systemType, uptime } from 'node:os'
import type { Clock } from '../../../../base/clock.ts'
import type { Leaf, LeafPaths } from '../tree/leaf.ts'
import { measure, type Source, state } from './source.ts'
import { systemInformation } from './system-information.ts'

export interface SystemReading {
  hostname: string
  /** Seconds since the machine started. */
  uptime: number
  /** The operating system and its version. */
  version: string
}

/** ms by which the calculated time of the start may wander (the clock is being set) before it is told anew. */
const WANDERING = 3_000

/** /system/state/{hostname,boot-time,up-time,software-version}; times in nanoseconds, as timeticks64 has them since openconfig-types 1.0. */
export class SystemSource implements Source {
  readonly name = 'system'
  readonly roots = ['/system/state', 'shitops:/agent']
  readonly every = 1_000
  readonly #paths: LeafPaths
  readonly #clock: Clock
  readonly #agentVersion: string
  readonly #read: () => Promise<SystemReading>
  #bootTime = Number.NEGATIVE_INFINITY

  /** @param agentVersion of this program */
  constructor(paths: LeafPaths, clock: Clock, agentVersion: string, read: () => Promise<SystemReading> = systemReader()) {
    this.#paths = paths
    this.#clock = clock
    this.#agentVersion = agentVersion
    this.#read = read
  }

  async read(): Promise<Leaf[]> {
    const reading = await this.#read()
    const bootTime = Math.round(this.#clock.now() / 1000 - reading.uptime) * 1000
    if (Math.abs(bootTime - this.#bootTime) > WANDERING) this.#bootTime = bootTime
    const path = (name: string) => this.#paths.get(`/system/state/${name}`)
    return [
      state(path('hostname'), reading.hostname),
      state(path('boot-time'), BigInt(this.#bootTime) * 1_000_000n),
      measure(path('up-time'), BigInt(Math.round(reading.uptime * 1000)) * 1_000_000n),
      ...(reading.version ? [state(path('software-version'), reading.version)] : []),
      state(this.#paths.get('shitops:/agent/state/version'), this.#agentVersion),
    ]
  }
}

function systemReader(): () => Promise<SystemReading> {
  let version: Promise<string> | undefined
  return async () => {
    version ??= operatingSystem().catch(() => `${systemType()} ${release()}`)
    return { hostname: hostname(), uptime: uptime(), version: await version }
  }
}

async function operatingSystem(): Promise<string> {
  const linux = process.platform === 'linux' ? await readFile('/etc/os-release', 'utf8').catch(() => '') : ''
  const pretty = /^PRETTY_NAME="?([^"\n]+)/m.exec(linux)?.[1]
  if (pretty) return pretty
  const { distro, release: version } = await (await systemInformation()).osInfo()
  return `${distro} ${version}`.trim()
}
