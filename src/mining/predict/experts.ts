import type { CaseState } from './case-state.ts'
import { StateTable } from './state-table.ts'

const HOUR = 3_600_000

/** Ways to tell a state by a key, the plainest first; each is explained to people by its name. */
export const EXPERTS = [
  'all cases',
  'activity',
  'activity and weekday',
  'last two activities',
  'set of activities',
  'activity and time since begin',
  'activity and position',
  'activity and person',
  'activity and amount',
  'last three activities',
  'activity and set of activities',
] as const

/** All cases are two kinds of states: how long a case takes from its first step would blur what is left of one that is under way. */
const [BEGIN, UNDER_WAY] = ['begin', '']

/** A state with few rows is filled up from the next plainer one as if that had so many rows. */
const PRIOR = 5
/** One with so many is not filled up. */
const ENOUGH = 100

/** Counts by key, one table for each way to tell a state. */
export class Experts {
  readonly #tables = EXPERTS.map(() => new StateTable())
  readonly #shift: number

  constructor(utcOffsetMinutes = 0) {
    this.#shift = utcOffsetMinutes * 60_000
  }

  /** The keys of a state, in the order of `EXPERTS`. */
  keys({ activity, previous, third, steps, first, last, person, amount, done }: CaseState): string[] {
    const set = [...done.keys()].sort().join('|')
    const local = last + this.#shift
    const weekday = (((Math.floor(local / (24 * HOUR)) + 4) % 7) + 7) % 7
    const doubled = (x: number) => Math.floor(Math.log2(1 + Math.max(0, x)))
    return [
      steps === 1 ? BEGIN : UNDER_WAY,
      activity,
      `${activity}|${weekday}`,
      `${previous}|${activity}`,
      set,
      `${activity}|${doubled((last - first) / HOUR)}`,
      `${activity}|${steps}`,
      `${activity}|${person}`,
      `${activity}|${Number.isNaN(amount) ? '' : doubled(Math.abs(amount))}`,
      `${third}|${previous}|${activity}`,
      `${activity}|${set}`,
    ]
  }

  add(keys: readonly string[], left: number, next: number): void {
    for (const [i, table] of this.#tables.entries()) table.add(keys[i] as string, left, next)
  }

  /** Past rows that share the key of one expert. */
  count(expert: number, keys: readonly string[]): number {
    return (this.#tables[expert] as StateTable).count(keys[expert] as string)
  }

  /** Calls `each` for the rows that an expert goes by: those of its state, filled up by the activity's and by all. Shares sum to 1. */
  visit(expert: number, keys: readonly string[], each: (left: number, next: number, share: number) => void): void {
    let rest = 1
    for (const level of expert > 1 ? [expert, 1, 0] : expert === 1 ? [1, 0] : [0]) {
      const table = this.#tables[level] as StateTable
      let key = keys[level] as string
      if (level === 0 && table.count(key) === 0) key = key === BEGIN ? UNDER_WAY : BEGIN
      const rows = table.count(key)
      const share = level === 0 || rows >= ENOUGH ? rest : (rest * rows) / (rows + PRIOR)
      if (rows > 0) table.visit(key, (left, next, part) => each(left, next, part * share))
      rest -= share
      if (rest <= 0) return
    }
  }

  save(): unknown {
    return this.#tables.map((table) => table.save())
  }

  load(saved: unknown): void {
    for (const [i, table] of this.#tables.entries()) table.load((saved as unknown[])[i])
  }
}
