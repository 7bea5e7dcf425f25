/** A row of a log: `id` as the database gave it, `at` in ms since the epoch at a full second. */
export interface Logged {
  id: number
  at: number
  device: number
}

/**
 * An append-only table with an auto-increment id. An id is taken when a transaction inserts and seen when it commits, so a row may
 * appear after rows with larger ids.
 */
export class Log<T extends Logged> {
  #rows: T[] = []
  #next = 1

  /** Rows that are committed, by id. */
  get rows(): readonly T[] {
    return this.#rows
  }

  /** Take the next id; the row is seen once it is committed. */
  reserve(): number {
    return this.#next++
  }

  commit(row: T): T {
    const last = this.#rows.at(-1)
    if (!last || last.id < row.id) this.#rows.push(row)
    else this.#rows.splice(this.firstFrom(row.id), 0, row)
    return row
  }

  /** Index of the first row with that id or a larger one. */
  firstFrom(id: number): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#rows[middle]?.id ?? 0) < id) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Remove rows for good; ids are not given again. Returns how many went. */
  remove(which: (row: T) => boolean): number {
    const kept = this.#rows.filter((row) => !which(row))
    const removed = this.#rows.length - kept.length
    this.#rows = kept
    return removed
  }

  /** A new database: empty, and ids begin at 1. */
  reset(): void {
    this.#rows = []
    this.#next = 1
  }
}
