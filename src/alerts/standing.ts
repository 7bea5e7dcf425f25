import type { InsightRow } from '../insights/insight.ts'

interface Stand {
  row: InsightRow
  /** Event time at which it falls unless another row of its subject takes its place. */
  until: number
}

/**
 * Which rows stand: a query of windows gives a row while its condition holds and none when it has ceased, so a row stands for a time, and
 * then it has ended. Pure; the clock is the data's.
 */
export class Standing {
  readonly #holds: number
  readonly #stands = new Map<string, Stand>()

  /** @param holds ms @param stands what {@link save} gave */
  constructor(holds: number, stands: readonly Stand[] = []) {
    this.#holds = holds
    for (const stand of stands) this.#stands.set(stand.row.subject, stand)
  }

  save(): Stand[] {
    return structuredClone([...this.#stands.values()])
  }

  /**
   * The rows that come of a row: those that fell before it, and itself unless it says the end of what did not stand.
   * @param row not earlier than the one before
   */
  process(row: InsightRow): InsightRow[] {
    const rows = this.advance(row.time, false)
    const known = this.#stands.has(row.subject)
    if (row.active) this.#stands.set(row.subject, { row, until: row.time + this.#holds })
    else this.#stands.delete(row.subject)
    return row.active || known ? [...rows, row] : rows
  }

  /** What has ended by `time`, in order; `inclusive` false leaves what ends at that very moment: a row may still take its place. */
  advance(time: number, inclusive = true): InsightRow[] {
    const fallen = [...this.#stands.values()].filter(({ until }) => until < time || (inclusive && until === time))
    fallen.sort((a, b) => a.until - b.until || (a.row.subject < b.row.subject ? -1 : 1))
    for (const { row } of fallen) this.#stands.delete(row.subject)
    return fallen.map(({ row, until }) => ({ ...row, active: false, time: until }))
  }
}
