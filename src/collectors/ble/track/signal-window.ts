import { type Summary, tukeySummary } from './tukey.ts'

/** How far back a signal strength is looked at, ms (ESPresense's window). */
export const SIGNAL_WINDOW = 15_000
/** Readings kept at most: AirPods send some ten a second. */
const MOST_READINGS = 200

/** dBm at which no radio receives and no headset sends: 0, ±127 and the like stand for "not available". */
export function validRssi(rssi: number | null): rssi is number {
  return rssi !== null && Number.isFinite(rssi) && rssi < 0 && rssi > -127
}

/** The signal of one headset at one receiver over the last 15 seconds. */
export class SignalWindow {
  readonly #readings: Array<{ time: number; rssi: number }> = []
  /** ms since the epoch of the last frame, with or without a signal strength. */
  heardAt = 0

  hear(rssi: number | null, time: number): void {
    this.heardAt = time
    if (validRssi(rssi)) this.#readings.push({ time, rssi })
    if (this.#readings.length > MOST_READINGS) this.#readings.shift()
  }

  /** dBm, smoothed; undefined when no reading is young enough. */
  summary(time: number): Summary | undefined {
    while (this.#readings[0] && time - this.#readings[0].time >= SIGNAL_WINDOW) this.#readings.shift()
    return tukeySummary(this.#readings.map(({ rssi }) => rssi))
  }
}
