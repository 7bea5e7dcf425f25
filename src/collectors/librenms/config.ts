import type { Bus } from '../../bus/bus.ts'
import type { LibrenmsApi } from './client/api.ts'
import type { OffsetAt } from './client/zone.ts'

/** What the sync runs on. Times are ms. */
export interface LibrenmsConfig {
  api: LibrenmsApi
  /** Reads back what was written, and writes events and cursors together. */
  bus: Pick<Bus, 'append' | 'transact' | 'takeOver' | 'read' | 'offsets'>
  /** Name of the LibreNMS, where there are several. */
  instance?: string | undefined
  /** The server's time zone, where a person knows it better than it can be told from its times. */
  zone?: OffsetAt | undefined
  /** Sweep everything once, and end. */
  once: boolean
  /** Write every row, also those that are as they were. */
  full: boolean
  /** Between two looks at the logs. */
  tailInterval: number
  /** Take any number of devices, ports or sensors for gone. */
  allowMassDelete: boolean
  /** Users of LibreNMS that are us: their events are marked as our own. */
  own?: ReadonlySet<string> | undefined
  /** An alias or a keyed hash of a person's name. */
  person(name: string): string
}

export const DEFAULT_TAIL_INTERVAL = 15_000
