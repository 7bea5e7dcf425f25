import type { Advertisement } from './advertisement.ts'

/** An enrolled headset, and what its records may say about its owner. */
export interface Enrolled {
  /** Its pseudonym, the key of its records. */
  device: string
  /** An alias, never a name. */
  person: string
  team?: string
}

export interface BleConfig {
  /** Advertisements in the order heard, a few at a time; taking the next batch says that the last one is on the bus. */
  source: AsyncIterable<readonly Advertisement[]>
  /** Whose an address was at a time (ms since the epoch); undefined for everybody who did not enrol: they are only counted. */
  identify(address: string, time: number): Enrolled | undefined
  /** ms of event time between two heartbeats of a headset that does not change */
  heartbeat: number
  /** ms of event time without a frame after which a headset has left */
  leftAfter: number
  /** ms of event time that one audio sample covers */
  interval: number
}

export const BLE_DEFAULTS = { heartbeat: 60_000, leftAfter: 60_000, interval: 10_000 } as const
