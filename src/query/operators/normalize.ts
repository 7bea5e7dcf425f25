import { sameRow } from './compare-rows.ts'
import { type Key, keyBy } from './keys.ts'
import { adds, DELETE, INSERT, type Row, type RowKind, UnaryOperator, UPDATE_AFTER, UPDATE_BEFORE } from './operator.ts'

/** Makes a full changelog of rows that only say what is now true of a key, or say it twice: the row before is taken back. */
export class Normalize extends UnaryOperator {
  readonly #keyOf: (row: Row) => Key
  #rows = new Map<Key, Row>()

  constructor(keys: readonly number[]) {
    super()
    this.#keyOf = keyBy(keys)
  }

  get size(): number {
    return this.#rows.size
  }

  row(kind: RowKind, row: Row): void {
    const key = this.#keyOf(row)
    const before = this.#rows.get(key)
    if (!adds(kind)) {
      if (kind !== DELETE || !before) return
      this.#rows.delete(key)
      this.out.row(DELETE, before)
      return
    }
    if (before && sameRow(before, row)) return
    this.#rows.set(key, row)
    if (!before) {
      this.out.row(INSERT, row)
      return
    }
    this.out.row(UPDATE_BEFORE, before)
    this.out.row(UPDATE_AFTER, row)
  }

  save(): unknown {
    return [...this.#rows]
  }

  load(state: unknown): void {
    this.#rows = new Map(state as Array<[Key, Row]>)
  }
}
