import { Expiry } from './expiry.ts'
import { type Entry, type JoinCondition, JoinSide } from './join-sides.ts'
import { hasNullKey, type Key, keyBy } from './keys.ts'
import { adds, BinaryOperator, DELETE, INSERT, type Row, type RowKind } from './operator.ts'

export interface RegularJoinOptions {
  type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'SEMI' | 'ANTI'
  leftKeys: readonly number[]
  rightKeys: readonly number[]
  condition?: JoinCondition
  leftWidth: number
  rightWidth: number
  leftChanging: boolean
  rightChanging: boolean
  ttl: { readonly left: number; readonly right: number }
}

interface Side {
  readonly rows: JoinSide
  readonly keyOf: (row: Row) => Key
  readonly nullKey: (row: Row) => boolean
  /** Rows of this side go out without a partner too. */
  readonly outer: boolean
  readonly expiry: Expiry
}

/**
 * A join of all that ever came, of changing rows too; what goes out follows Flink's StreamingJoinOperator and StreamingSemiAntiJoinOperator
 * kind by kind. NULL keys match nothing.
 */
export class RegularJoin extends BinaryOperator {
  readonly #o: RegularJoinOptions
  readonly #left: Side
  readonly #right: Side
  readonly #noLeft: Row
  readonly #noRight: Row

  constructor(options: RegularJoinOptions) {
    super()
    this.#o = options
    const { type, leftKeys, rightKeys, ttl } = options
    const side = (keys: readonly number[], changing: boolean, outer: boolean, ms: number): Side => {
      return { rows: new JoinSide(changing), keyOf: keyBy(keys), nullKey: hasNullKey(keys), outer, expiry: new Expiry(ms) }
    }
    this.#left = side(leftKeys, options.leftChanging, type === 'LEFT' || type === 'FULL', ttl.left)
    this.#right = side(rightKeys, options.rightChanging, type === 'RIGHT' || type === 'FULL', ttl.right)
    this.#noLeft = new Array<null>(options.leftWidth).fill(null)
    this.#noRight = new Array<null>(options.rightWidth).fill(null)
  }

  get size(): number {
    return this.#left.rows.size + this.#right.rows.size
  }

  protected left(kind: RowKind, row: Row): void {
    if (this.#o.type === 'SEMI' || this.#o.type === 'ANTI') this.#semiLeft(kind, row)
    else this.#join(kind, row, this.#left, this.#right, true)
  }

  protected right(kind: RowKind, row: Row): void {
    if (this.#o.type === 'SEMI' || this.#o.type === 'ANTI') this.#semiRight(kind, row)
    else this.#join(kind, row, this.#right, this.#left, false)
  }

  protected override advance(ms: number): void {
    for (const { expiry, rows } of [this.#left, this.#right]) if (expiry.due(ms)) rows.expire((touched) => expiry.gone(touched))
    this.out.watermark(ms)
  }

  save(): unknown {
    return {
      marks: this.saveWatermarks(),
      left: this.#left.rows.save(),
      right: this.#right.rows.save(),
      expiry: [this.#left.expiry.save(), this.#right.expiry.save()],
    }
  }

  load(state: unknown): void {
    const { marks, left, right, expiry } = state as { marks: unknown; left: unknown; right: unknown; expiry: [unknown, unknown] }
    this.loadWatermarks(marks)
    this.#left.rows.load(left)
    this.#right.rows.load(right)
    this.#left.expiry.load(expiry[0])
    this.#right.expiry.load(expiry[1])
  }

  #matches(row: Row, own: Side, other: Side, isLeft: boolean): Entry[] {
    if (own.nullKey(row)) return []
    const found: Entry[] = []
    const { condition } = this.#o
    for (const entry of other.rows.at(own.keyOf(row))) {
      if (!condition || (isLeft ? condition(row, entry.row) : condition(entry.row, row))) found.push(entry)
    }
    return found
  }

  #join(kind: RowKind, row: Row, own: Side, other: Side, isLeft: boolean): void {
    const found = this.#matches(row, own, other, isLeft)
    if (adds(kind)) {
      this.#store(own, row, found.length)
      if (found.length === 0) {
        if (own.outer) this.#emit(INSERT, row, isLeft ? this.#noRight : this.#noLeft, isLeft)
        return
      }
      if (other.outer) {
        for (const entry of found) {
          if (entry.matches === 0) this.#emit(DELETE, isLeft ? this.#noLeft : this.#noRight, entry.row, isLeft)
          entry.matches++
        }
      }
      for (const entry of found) this.#emit(own.outer || other.outer ? INSERT : kind, row, entry.row, isLeft)
      return
    }
    if (!own.rows.remove(own.keyOf(row), row)) return
    if (found.length === 0) {
      if (own.outer) this.#emit(DELETE, row, isLeft ? this.#noRight : this.#noLeft, isLeft)
      return
    }
    for (const entry of found) this.#emit(own.outer ? DELETE : kind, row, entry.row, isLeft)
    if (!other.outer) return
    for (const entry of found) {
      if (entry.matches === 1) this.#emit(INSERT, isLeft ? this.#noLeft : this.#noRight, entry.row, isLeft)
      entry.matches--
    }
  }

  /** @param own the row of the side that came in; `isLeft` tells which side that is */
  #emit(kind: RowKind, own: Row, other: Row, isLeft: boolean): void {
    this.out.row(kind, isLeft ? [...own, ...other] : [...other, ...own])
  }

  #semiLeft(kind: RowKind, row: Row): void {
    const found = this.#matches(row, this.#left, this.#right, true)
    if (adds(kind)) this.#store(this.#left, row, found.length)
    else if (!this.#left.rows.remove(this.#left.keyOf(row), row)) return
    if ((found.length === 0) === (this.#o.type === 'ANTI')) this.out.row(kind, row)
  }

  #semiRight(kind: RowKind, row: Row): void {
    const anti = this.#o.type === 'ANTI'
    if (adds(kind)) {
      this.#store(this.#right, row, 0)
      for (const entry of this.#matches(row, this.#right, this.#left, false)) {
        if (entry.matches++ === 0) this.out.row(anti ? DELETE : kind, entry.row)
      }
      return
    }
    if (!this.#right.rows.remove(this.#right.keyOf(row), row)) return
    for (const entry of this.#matches(row, this.#right, this.#left, false)) {
      if (--entry.matches === 0) this.out.row(anti ? INSERT : kind, entry.row)
    }
  }

  #store(side: Side, row: Row, matches: number): void {
    side.rows.add(side.keyOf(row), row, matches, side.expiry.now)
  }
}
