import type { Summary } from './tukey.ts'

/**
 * Log-distance path loss: distance = 10^((at 1 m - rssi) / (10 n)). Headsets send no TxPower, so the strength at one metre is a property of
 * the receiver; -59 to -65 dBm is what projects calibrate to, and n = 2.7 is ESPresense's figure for rooms.
 */
export interface Calibration {
  /** dBm at one metre. */
  rssiAtOneMetre: number
  /** The exponent n: 2 in free space, 3 and more through people and walls. */
  pathLoss: number
}

export const DEFAULT_CALIBRATION: Calibration = { rssiAtOneMetre: -62, pathLoss: 2.7 }

/** What calibration leaves open, as a standard deviation in dB. */
const CALIBRATION_SPREAD = 3

export interface Distance {
  /** Metres. */
  estimate: number
  /** Ends of the 68 % interval: one standard deviation of the signal and of the calibration together. */
  low: number
  high: number
}

/** How far a headset is by its smoothed signal: an estimate, of which bodies and cases alone can take 10 to 20 dB. */
export function distanceOf({ mean, spread }: Summary, { rssiAtOneMetre, pathLoss }: Calibration): Distance {
  const estimate = 10 ** ((rssiAtOneMetre - mean) / (10 * pathLoss))
  const factor = 10 ** (Math.hypot(spread, CALIBRATION_SPREAD) / (10 * pathLoss))
  return { estimate, low: estimate / factor, high: estimate * factor }
}
