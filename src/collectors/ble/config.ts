import type { Advertisement } from './advertisement.ts'

/** What a record may say about the owner of an enrolled headset. */
export interface Enrolled {
  /** An alias, never a name. */
  person: string
  team?: string
}

export interface BleConfig {
  /** Advertisements in the order heard, a few at a time; taking the next batch says that the last one is on the bus. */
  source: AsyncIterable<readonly Advertisement[]>
  /** Key of the pseudonyms. */
  secret: Buffer
  /** The headsets whose owners enrolled, by pseudonym. Everything else is only counted. */
  enrolled: ReadonlyMap<string, Enrolled>
  /** ms of event time between two heartbeats of a headset that does not change */
  heartbeat: number
  /** ms of event time without a frame after which a headset has left */
  leftAfter: number
  /** ms of event time that one audio sample covers */
  interval: number
}

export const BLE_DEFAULTS = { heartbeat: 60_000, leftAfter: 60_000, interval: 10_000 } as const
