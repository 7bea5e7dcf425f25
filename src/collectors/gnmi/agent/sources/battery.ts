import type { Leaf, LeafPaths } from '../tree/leaf.ts'
import { type Source, state } from './source.ts'
import { systemInformation } from './system-information.ts'

export interface Battery {
  hasBattery: boolean
  percent: number
  isCharging: boolean
  acConnected: boolean
}

/** shitops:/battery/state/{percent,charging,mains}; nothing on a machine without a battery. */
export class BatterySource implements Source {
  readonly name = 'battery'
  readonly roots = ['shitops:/battery']
  readonly every = 60_000
  readonly slow = true
  readonly #paths: LeafPaths
  readonly #read: () => Promise<Battery>

  constructor(paths: LeafPaths, read: () => Promise<Battery> = async () => (await systemInformation()).battery()) {
    this.#paths = paths
    this.#read = read
  }

  async read(): Promise<Leaf[]> {
    const { hasBattery, percent, isCharging, acConnected } = await this.#read()
    if (!hasBattery) return []
    const path = (name: string) => this.#paths.get(`shitops:/battery/state/${name}`)
    return [
      ...(Number.isFinite(percent) ? [state(path('percent'), Math.round(Math.min(100, Math.max(0, percent))))] : []),
      state(path('charging'), isCharging === true),
      state(path('mains'), acConnected === true),
    ]
  }
}
