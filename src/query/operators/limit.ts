import { type Row, type RowKind, UnaryOperator } from './operator.ts'

/** The first rows that come, after `offset` of them. */
export class Limit extends UnaryOperator {
  readonly #from: number
  readonly #to: number
  #seen = 0

  constructor(offset: number, limit: number) {
    super()
    this.#from = offset
    this.#to = offset + limit
  }

  row(kind: RowKind, row: Row): void {
    if (this.#seen >= this.#to) return
    this.#seen++
    if (this.#seen > this.#from) this.out.row(kind, row)
  }

  /** No row will ever come through again: the input need not be read to its end. */
  get full(): boolean {
    return this.#seen >= this.#to
  }

  save(): unknown {
    return this.#seen
  }

  load(state: unknown): void {
    this.#seen = state as number
  }
}
