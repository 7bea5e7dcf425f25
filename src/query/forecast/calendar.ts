const DAY = 86_400_000
/** Half hours. */
export const BINS = 48
export const KINDS = ['usual', 'month-end', 'quarter-end', 'holiday'] as const
export type DayKind = (typeof KINDS)[number]

/** What a forecast may know of a moment long before it comes. */
export interface Slot {
  /** Minute of the local day, 0 … 1439. */
  readonly minute: number
  /** Half hour of the local day, 0 … 47. */
  readonly bin: number
  /** 0 is Sunday. A holiday counts as one. */
  readonly weekday: number
  readonly kind: DayKind
}

export interface CalendarOptions {
  /** Minutes that local time is ahead of UTC. */
  readonly utcOffsetMinutes?: number
  /** Local dates, `2026-12-25`. */
  readonly holidays?: readonly string[]
  /** Working days at the end of a month, or of a quarter, that are days of their own kind. */
  readonly closeDays?: number
}

/** Days as a finance team sees them: weekdays, holidays, and the last working days of a month and of a quarter. */
export class Calendar {
  readonly #shift: number
  readonly #holidays: ReadonlySet<number>
  readonly #closeDays: number
  readonly #days = new Map<number, { weekday: number; kind: DayKind }>()

  constructor({ utcOffsetMinutes = 0, holidays = [], closeDays = 2 }: CalendarOptions = {}) {
    this.#shift = utcOffsetMinutes * 60_000
    this.#holidays = new Set(holidays.map((date) => Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY)))
    this.#closeDays = closeDays
  }

  /** @param time ms since 1970 */
  slot(time: number): Slot {
    const local = time + this.#shift
    const day = Math.floor(local / DAY)
    let known = this.#days.get(day)
    if (!known) {
      known = { weekday: this.#holidays.has(day) ? 0 : weekdayOf(day), kind: this.#kindOf(day) }
      // A forecast looks at a few days around now; more is a sign of times that jump.
      if (this.#days.size > 100) this.#days.clear()
      this.#days.set(day, known)
    }
    const minute = Math.floor((local - day * DAY) / 60_000)
    return { minute, bin: Math.floor((minute * BINS) / 1440), ...known }
  }

  #kindOf(day: number): DayKind {
    if (this.#holidays.has(day)) return 'holiday'
    const month = new Date(day * DAY).getUTCMonth()
    if (!this.#isWorking(day)) return 'usual'
    let left = 0
    for (let next = day + 1; new Date(next * DAY).getUTCMonth() === month; next++) if (this.#isWorking(next)) left++
    if (left >= this.#closeDays) return 'usual'
    return month % 3 === 2 ? 'quarter-end' : 'month-end'
  }

  #isWorking(day: number): boolean {
    const weekday = weekdayOf(day)
    return weekday !== 0 && weekday !== 6 && !this.#holidays.has(day)
  }
}

/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7
