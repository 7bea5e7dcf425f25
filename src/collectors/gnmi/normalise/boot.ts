import { isSetBack } from './set-back.ts'

/** 2000-01-01, ms: a boot before that is a clock that was not set yet. */
const CLOCKS_ARE_SET = 946_684_800_000
/** Clocks of a device and of its telemetry differ by so much, ms, and boot times that are computed anew each time wander. */
const SLACK = 5_000
/** A boot so far in the future, ms, is a wrong clock. */
const FUTURE = 60_000

/** What is known of when a device, or a component of it, booted. */
export class Boot {
  /** Of the newest reading, ms since the epoch. */
  time = Number.NaN
  /** ms since the epoch */
  #boot = Number.NaN
  #upTime = Number.NaN

  /**
   * Takes a boot time. True when it is another boot than the one known: it lies behind that one and behind the last reading, when the
   * device was still up. A clock that is set moves the boot time too, but not so far.
   * @param boot ms since the epoch
   * @param time of the reading, ms since the epoch
   */
  bootedAt(boot: number, time: number): boolean {
    const setBack = isSetBack(time, this.time)
    if (time < this.time && !setBack) return false
    const again = !setBack && boot > this.#boot + SLACK && boot > this.time - SLACK
    this.#boot = boot
    this.#upTime = Number.NaN
    this.time = time
    return again
  }

  /** Takes a time that the device has been up, s. True when it booted again: that fell, or began after the last reading. */
  upFor(seconds: number, time: number): boolean {
    const setBack = isSetBack(time, this.time)
    if (time < this.time && !setBack) return false
    const boot = time - seconds * 1000
    const again = (seconds < this.#upTime && (setBack || boot > this.#boot)) || (boot > this.#boot + SLACK && boot > this.time + SLACK)
    this.#boot = boot
    this.#upTime = seconds
    this.time = time
    return again
  }
}

/** Whether a device can have booted then: it has a clock that was set, and it is not the future. ms since the epoch. */
export const isPlausibleBoot = (boot: number, time: number) => boot >= CLOCKS_ARE_SET && boot <= time + FUTURE
