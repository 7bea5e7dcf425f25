import type { Advertisement } from './advertisement.ts'
import type { CrowdSettings } from './crowd.ts'
import type { StatusCipher } from './keys/status-cipher.ts'
import { DEFAULT_CALIBRATION } from './track/distance.ts'
import type { TrackSettings } from './track/tracker.ts'

/** An enrolled headset, and what its records may say about its owner. */
export interface Enrolled {
  /** Its pseudonym, the key of its records. */
  device: string
  /** An alias, never a name. */
  person: string
  team?: string
  /** Opens its exact batteries and its case's frames; a frame that it opens is certainly this headset's. */
  cipher?: StatusCipher
  /** Its sender is certain by other means (a simulation), so that no frame needs a second one. */
  vouched?: true
}

export interface BleConfig extends TrackSettings, CrowdSettings {
  /** Advertisements in the order heard, a few at a time; taking the next batch says that the last one is on the bus. */
  source: AsyncIterable<readonly Advertisement[]>
  /** Whose an address was at a time (ms since the epoch); undefined for everybody who did not enrol: they are only counted. */
  identify(address: string, time: number): Enrolled | undefined
  /** The source is the air as it is now: when it is silent, time goes on by the clock. Absent: time is in the advertisements alone. */
  live?: boolean
  /** Do not track here: put the sightings on `ble_sightings`, where one tracker takes those of all receivers. */
  share?: boolean
}

export const BLE_DEFAULTS = {
  heartbeat: 60_000,
  leftAfter: 60_000,
  interval: 10_000,
  crowdInterval: 60_000,
  k: 5,
  zones: {},
  calibration: DEFAULT_CALIBRATION,
} as const
