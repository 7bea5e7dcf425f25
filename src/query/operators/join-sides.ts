import type { Key } from './keys.ts'
import { rowKey } from './keys.ts'
import type { Row } from './operator.ts'

/** What joins two rows: whether their other conditions hold too. Keys are equal already, and not NULL. */
export type JoinCondition = (left: Row, right: Row) => boolean

export interface Entry {
  readonly row: Row
  /** How many rows of the other side it has found: outer, semi and anti joins tell when it becomes none, or is none any more. */
  matches: number
  touched: number
}

/** The rows of one side of a join by key. Rows that are the same are told apart by how many there are. */
export class JoinSide {
  #keys = new Map<Key, Map<string | number, Entry[]>>()
  readonly #changing: boolean
  #next = 0

  /** @param changing whether rows are taken back: only then they must be found again by their content */
  constructor(changing: boolean) {
    this.#changing = changing
  }

  get size(): number {
    return this.#keys.size
  }

  add(key: Key, row: Row, matches: number, now: number): void {
    let rows = this.#keys.get(key)
    if (!rows) {
      rows = new Map()
      this.#keys.set(key, rows)
    }
    const id = this.#changing ? rowKey(row) : this.#next++
    const same = rows.get(id)
    const entry = { row, matches, touched: now }
    if (same) same.push(entry)
    else rows.set(id, [entry])
  }

  /** Takes one such row away. @returns whether there was one */
  remove(key: Key, row: Row): boolean {
    const rows = this.#keys.get(key)
    const same = rows?.get(rowKey(row))
    if (!rows || !same) return false
    same.pop()
    if (same.length === 0) rows.delete(rowKey(row))
    if (rows.size === 0) this.#keys.delete(key)
    return true
  }

  *at(key: Key): Iterable<Entry> {
    const rows = this.#keys.get(key)
    if (rows) for (const same of rows.values()) yield* same
  }

  expire(gone: (touched: number) => boolean): void {
    for (const [key, rows] of this.#keys) {
      for (const [id, same] of rows) {
        const kept = same.filter(({ touched }) => !gone(touched))
        if (kept.length === 0) rows.delete(id)
        else if (kept.length < same.length) rows.set(id, kept)
      }
      if (rows.size === 0) this.#keys.delete(key)
    }
  }

  save(): unknown {
    return [...this.#keys].map(([key, rows]) => [
      key,
      [...rows.values()].flat().map(({ row, matches, touched }) => [row, matches, touched]),
    ])
  }

  load(state: unknown): void {
    this.#keys = new Map()
    for (const [key, rows] of state as Array<[Key, Array<[Row, number, number]>]>) {
      for (const [row, matches, touched] of rows) {
        this.add(key, row, matches, touched)
      }
    }
  }
}
