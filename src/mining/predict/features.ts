import type { CaseState } from './case-state.ts'
import { Vocabulary } from './vocabulary.ts'

/** Different activities that have a number of their own. */
export const ACTIVITIES = 1_000

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Activities that are counted in columns of their own: the first so many that the log shows. */
const COUNTED = 48
/** Activities since whose last time days are counted. */
const TIMED = 16

/** Columns whose numbers are names of a vocabulary and have no order of their own. */
export const CATEGORIES = 7

const PLAIN = [
  'activity',
  'activity and the one before',
  'person',
  'team',
  'first activity',
  'activity and person',
  'activity before',
  'steps',
  'different activities',
  'days since the case began',
  'days since the step before',
  'hour of the day',
  'weekday and time',
  'day of the month',
  'days to the end of the month',
  'month',
  'weekday and time of the begin',
  'amount',
  'steps done again',
  'date',
  'same person as at the begin',
] as const

/** How many numbers tell a state. */
export const WIDTH = PLAIN.length + COUNTED + TIMED

/** States of cases as rows of numbers. Times of day are local; NaN is what is not known. */
export class Features {
  readonly activities: Vocabulary
  readonly #pairs = new Vocabulary(1000)
  readonly #persons = new Vocabulary(1000)
  readonly #teams = new Vocabulary(200)
  readonly #doers = new Vocabulary(2000)
  readonly #shift: number

  /** @param utcOffsetMinutes minutes that local time is ahead of UTC */
  constructor(utcOffsetMinutes = 0) {
    this.activities = new Vocabulary(ACTIVITIES)
    this.#shift = utcOffsetMinutes * 60_000
  }

  /** Writes the state as numbers at `at`. With `learn`, names that are new get a number. */
  write(state: CaseState, into: Float32Array, at: number, learn: boolean): void {
    const id = (book: Vocabulary, name: string) => (learn ? book.learn(name) : book.find(name))
    const local = state.last + this.#shift
    const day = new Date(local)
    const year = day.getUTCFullYear()
    const month = day.getUTCMonth()
    const plain = [
      id(this.activities, state.activity),
      id(this.#pairs, `${state.previous} > ${state.activity}`),
      id(this.#persons, state.person),
      id(this.#teams, state.team),
      id(this.activities, state.firstActivity),
      id(this.#doers, `${state.activity} by ${state.person}`),
      state.previous === '' ? Number.NaN : id(this.activities, state.previous),
      state.steps,
      state.done.size,
      (state.last - state.first) / DAY,
      (state.last - state.before) / DAY,
      (local / HOUR) % 24,
      weekTime(local),
      day.getUTCDate(),
      Date.UTC(year, month + 1, 1) / DAY - local / DAY,
      month,
      weekTime(state.first + this.#shift),
      state.amount,
      state.steps - state.done.size,
      local / DAY,
      state.firstPerson === state.person ? 1 : 0,
    ]
    into.set(plain, at)
    const counts = at + PLAIN.length
    into.fill(0, counts, counts + COUNTED)
    into.fill(Number.NaN, counts + COUNTED, at + WIDTH)
    for (const [name, { times, last }] of state.done) {
      const column = this.activities.find(name) - 1
      if (column < 0) continue
      if (column < COUNTED) into[counts + column] = times
      if (column < TIMED) into[counts + COUNTED + column] = (state.last - last) / DAY
    }
  }

  /** What a column says, for people. */
  name(column: number): string {
    const plain = PLAIN[column]
    if (plain) return plain
    const counted = column - PLAIN.length
    if (counted < COUNTED) return `times of ${this.activities.name(counted + 1)}`
    return `days since ${this.activities.name(counted - COUNTED + 1)}`
  }

  save(): unknown {
    return [this.activities, this.#pairs, this.#persons, this.#teams, this.#doers].map((book) => book.save())
  }

  load(saved: unknown): void {
    for (const [i, book] of [this.activities, this.#pairs, this.#persons, this.#teams, this.#doers].entries()) {
      book.load((saved as string[][])[i] ?? [])
    }
  }
}

/** Days since Sunday began; 1970-01-01 was a Thursday. */
const weekTime = (local: number): number => (((local / DAY + 4) % 7) + 7) % 7
