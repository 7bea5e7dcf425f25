import type { Part } from './rule.ts'
import { isSetBack } from './set-back.ts'

/**
 * A share that a device tells in parts, such as the memory in use: any two of used, free and total. It is told anew with each `used`, or
 * with each `free` where there is no `used`; total and the other one may be older, as they were last told.
 */
export class Share {
  /** Of the newest part, ms since the epoch. */
  time = Number.NaN
  /** The end of the notification will be asked about. */
  touched = false
  #used = Number.NaN
  #free = Number.NaN
  #total = Number.NaN
  #usedTime = Number.NaN
  #freeTime = Number.NaN
  #totalTime = Number.NaN
  #fresh = false

  /** Takes a part, unless a newer one is there already. */
  take(part: Part, value: number, time: number): void {
    if (part === 'used') {
      if (isLate(time, this.#usedTime)) return
      this.#used = value
      this.#usedTime = time
      this.#fresh = true
    } else if (part === 'free') {
      if (isLate(time, this.#freeTime)) return
      this.#free = value
      this.#freeTime = time
      this.#fresh ||= Number.isNaN(this.#used)
    } else {
      if (isLate(time, this.#totalTime)) return
      this.#total = value
      this.#totalTime = time
    }
    if (!isLate(time, this.time)) this.time = time
  }

  /** At the end of a notification: the share, or NaN when nothing new can be said. */
  settle(): number {
    if (!this.#fresh) return Number.NaN
    const total = this.#total > 0 ? this.#total : this.#used + this.#free
    const used = Number.isNaN(this.#used) ? total - this.#free : this.#used
    const share = used / total
    if (!Number.isFinite(share)) return Number.NaN
    this.#fresh = false
    return share
  }
}

const isLate = (time: number, last: number) => time < last && !isSetBack(time, last)
