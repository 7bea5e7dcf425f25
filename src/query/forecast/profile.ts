import { BINS, KINDS, type Slot } from './calendar.ts'

const HOURS = 24
/** Weight of a new value in a half hour of the day, in an hour of the week, in an hour of a special day. */
const DAY_RATE = 0.12
const WEEK_RATE = 0.2
const SPECIAL_RATE = 0.3
const SPREAD_RATE = 0.05
/** Rows of an hour before its own part counts half. */
const TRUST = 24
/** Errors beyond so many spreads teach no more than that. */
const CLIP = 4
const MOST_ROUGH = 3

/** What the value usually is by the time of the day, the weekday and the kind of the day, and how far it strays; parts with few rows count less. */
export class Profile {
  readonly #day = new Float64Array(BINS)
  readonly #dayRows = new Float64Array(BINS)
  readonly #spread = new Float64Array(BINS)
  readonly #week = new Float64Array(7 * HOURS)
  readonly #weekRows = new Float64Array(7 * HOURS)
  readonly #special = new Float64Array(KINDS.length * HOURS)
  readonly #specialRows = new Float64Array(KINDS.length * HOURS)
  #all = 0
  #allSpread = 0
  #rows = 0

  mean(slot: Slot): number {
    const [week, special] = [weekAt(slot), specialAt(slot)]
    const day = (this.#dayRows[slot.bin] as number) > 0 ? (this.#day[slot.bin] as number) : this.#all
    return (
      day + trusted(this.#week, this.#weekRows, week) + (slot.kind === 'usual' ? 0 : trusted(this.#special, this.#specialRows, special))
    )
  }

  /**
   * How far values stray at this time of the day against all times: 1 is as usual. A ratio and not a size, because errors of calm days must not become
   * enormous ones when it gets rough.
   */
  roughness(slot: Slot): number {
    const all = this.#allSpread + 1e-9
    return Math.max(1 / MOST_ROUGH, Math.min(MOST_ROUGH, (0.5 * (this.#spread[slot.bin] as number) + 0.5 * all) / all))
  }

  add(slot: Slot, value: number): void {
    const { bin } = slot
    this.#rows++
    const limit =
      (this.#dayRows[bin] as number) > 5
        ? CLIP * (0.5 * (this.#spread[bin] as number) + 0.5 * this.#allSpread + 1e-9)
        : Number.POSITIVE_INFINITY
    const off = Math.max(-limit, Math.min(limit, value - this.mean(slot)))
    this.#all += Math.max(0.002, 1 / this.#rows) * (value - this.#all)
    this.#allSpread += Math.max(0.005, 1 / this.#rows) * (Math.abs(off) - this.#allSpread)
    const rows = (this.#dayRows[bin] as number) + 1
    this.#dayRows[bin] = rows
    this.#spread[bin] = (this.#spread[bin] as number) + Math.max(SPREAD_RATE, 1 / rows) * (Math.abs(off) - (this.#spread[bin] as number))
    this.#day[bin] = rows === 1 ? value : (this.#day[bin] as number) + Math.max(DAY_RATE, 1 / rows) * off
    learn(this.#week, this.#weekRows, weekAt(slot), WEEK_RATE, off)
    if (slot.kind !== 'usual') learn(this.#special, this.#specialRows, specialAt(slot), SPECIAL_RATE, off)
  }

  save(): unknown {
    const arrays = [this.#day, this.#dayRows, this.#spread, this.#week, this.#weekRows, this.#special, this.#specialRows]
    return [arrays.map((column) => Array.from(column)), this.#all, this.#allSpread, this.#rows]
  }

  load(saved: unknown): void {
    const [arrays, all, allSpread, rows] = saved as [number[][], number, number, number]
    const own = [this.#day, this.#dayRows, this.#spread, this.#week, this.#weekRows, this.#special, this.#specialRows]
    for (const [i, column] of own.entries()) column.set(arrays[i] as number[])
    this.#all = all
    this.#allSpread = allSpread
    this.#rows = rows
  }
}

const weekAt = ({ weekday, bin }: Slot) => weekday * HOURS + (bin >> 1)
const specialAt = ({ kind, bin }: Slot) => KINDS.indexOf(kind) * HOURS + (bin >> 1)

const trusted = (parts: Float64Array, rows: Float64Array, at: number) =>
  (parts[at] as number) * ((rows[at] as number) / ((rows[at] as number) + TRUST))

function learn(parts: Float64Array, rows: Float64Array, at: number, rate: number, off: number): void {
  rows[at] = (rows[at] as number) + 1
  parts[at] = (parts[at] as number) + Math.max(rate / 4, rate / (rows[at] as number)) * off
}
