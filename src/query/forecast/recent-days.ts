import { BINS, type Slot } from './calendar.ts'

/** The value of each minute of the day, and the mean of each half hour, when it last came: on any day, and on that weekday. */
export class RecentDays {
  readonly #minutes = new Float64Array(1440).fill(Number.NaN)
  readonly #days = new Bins(BINS)
  readonly #weeks = new Bins(7 * BINS)

  add(slot: Slot, time: number, value: number): void {
    this.#minutes[slot.minute] = value
    this.#days.add(slot.bin, time, value)
    this.#weeks.add(slot.weekday * BINS + slot.bin, time, value)
  }

  /** NaN where that minute has not come yet. */
  minute(slot: Slot): number {
    return this.#minutes[slot.minute] as number
  }

  /** NaN where that half hour has not come yet. */
  day(slot: Slot): number {
    return this.#days.last(slot.bin)
  }

  week(slot: Slot): number {
    return this.#weeks.last(slot.weekday * BINS + slot.bin)
  }

  save(): unknown {
    const minutes = Array.from(this.#minutes, (x) => (Number.isNaN(x) ? null : x))
    return [minutes, this.#days.save(), this.#weeks.save()]
  }

  load(saved: unknown): void {
    const [minutes, days, weeks] = saved as [Array<number | null>, unknown, unknown]
    this.#minutes.set(minutes.map((x) => x ?? Number.NaN))
    this.#days.load(days)
    this.#weeks.load(weeks)
  }
}

const HALF_HOUR = 1_800_000

class Bins {
  readonly #means: Float64Array
  readonly #rows: Float64Array
  readonly #begun: Float64Array

  constructor(size: number) {
    this.#means = new Float64Array(size).fill(Number.NaN)
    this.#rows = new Float64Array(size)
    this.#begun = new Float64Array(size).fill(Number.NEGATIVE_INFINITY)
  }

  add(at: number, time: number, value: number): void {
    if (Math.abs(time - (this.#begun[at] as number)) >= HALF_HOUR) {
      this.#begun[at] = time
      this.#rows[at] = 0
      this.#means[at] = 0
    }
    const rows = (this.#rows[at] as number) + 1
    this.#rows[at] = rows
    this.#means[at] = (this.#means[at] as number) + (value - (this.#means[at] as number)) / rows
  }

  last(at: number): number {
    return this.#means[at] as number
  }

  save(): unknown {
    const plain = (column: Float64Array) => Array.from(column, (x) => (Number.isFinite(x) ? x : null))
    return [plain(this.#means), Array.from(this.#rows), plain(this.#begun)]
  }

  load(saved: unknown): void {
    const [means, rows, begun] = saved as [Array<number | null>, number[], Array<number | null>]
    this.#means.set(means.map((x) => x ?? Number.NaN))
    this.#rows.set(rows)
    this.#begun.set(begun.map((x) => x ?? Number.NEGATIVE_INFINITY))
  }
}
