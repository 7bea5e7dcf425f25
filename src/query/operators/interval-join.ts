import type { JoinCondition } from './join-sides.ts'
import { hasNullKey, type Key, keyBy } from './keys.ts'
import { BinaryOperator, INSERT, type Row, type RowKind } from './operator.ts'
import { TimeHeap } from './time-heap.ts'

export interface IntervalJoinOptions {
  type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'SEMI' | 'ANTI'
  leftKeys: readonly number[]
  rightKeys: readonly number[]
  leftTime: number
  rightTime: number
  /** right time between left time + lower and left time + upper, ms. */
  lower: number
  upper: number
  condition?: JoinCondition
  leftWidth: number
  rightWidth: number
}

interface Held {
  readonly time: number
  readonly row: Row
  matched: boolean
}

/** The rows of one side by key, in order of time, for as long as the other side may still have a partner for them. */
class Cache {
  keys = new Map<Key, { rows: Held[]; head: number }>()
  /** When the first row of a key expires. */
  timers = new TimeHeap<Key>()

  add(key: Key, held: Held, keep: number): void {
    let list = this.keys.get(key)
    if (!list) {
      list = { rows: [], head: 0 }
      this.keys.set(key, list)
      this.timers.push(held.time + keep, key)
    }
    const { rows } = list
    let i = rows.length
    while (i > list.head && (rows[i - 1] as Held).time > held.time) i--
    if (i === rows.length) rows.push(held)
    else rows.splice(i, 0, held)
  }
}

/**
 * A join of rows whose times lie within bounds of each other. Pairs go out as soon as both rows are there; a row of an outer side without a
 * partner goes out when the watermark says that none can come. Behind it the watermark is held back by as much as a pair may lie behind.
 */
export class IntervalJoin extends BinaryOperator {
  readonly #o: IntervalJoinOptions
  readonly #left = new Cache()
  readonly #right = new Cache()
  readonly #leftKey: (row: Row) => Key
  readonly #rightKey: (row: Row) => Key
  readonly #leftNull: (row: Row) => boolean
  readonly #rightNull: (row: Row) => boolean
  readonly #noLeft: Row
  readonly #noRight: Row

  constructor(options: IntervalJoinOptions) {
    super()
    this.#o = options
    this.#leftKey = keyBy(options.leftKeys)
    this.#rightKey = keyBy(options.rightKeys)
    this.#leftNull = hasNullKey(options.leftKeys)
    this.#rightNull = hasNullKey(options.rightKeys)
    this.#noLeft = new Array<null>(options.leftWidth).fill(null)
    this.#noRight = new Array<null>(options.rightWidth).fill(null)
  }

  get size(): number {
    return this.#left.keys.size + this.#right.keys.size
  }

  protected left(_kind: RowKind, row: Row): void {
    const { leftTime, lower, upper, condition, type } = this.#o
    const held: Held = { time: row[leftTime] as number, row, matched: false }
    if (this.#leftNull(row)) {
      if (type === 'LEFT' || type === 'FULL') this.out.row(INSERT, [...row, ...this.#noRight])
      return
    }
    const key = this.#leftKey(row)
    const list = this.#right.keys.get(key)
    if (list) {
      const [from, to] = [held.time + lower, held.time + upper]
      for (let i = firstAt(list, from); i < list.rows.length; i++) {
        const other = list.rows[i] as Held
        if (other.time > to) break
        if (!condition || condition(row, other.row)) this.#pair(held, other)
      }
    }
    if (held.time + upper > this.current) this.#left.add(key, held, upper)
    else this.#alone(held, true)
  }

  protected right(_kind: RowKind, row: Row): void {
    const { rightTime, lower, upper, condition, type } = this.#o
    const held: Held = { time: row[rightTime] as number, row, matched: false }
    if (this.#rightNull(row)) {
      if (type === 'RIGHT' || type === 'FULL') this.out.row(INSERT, [...this.#noLeft, ...row])
      return
    }
    const key = this.#rightKey(row)
    const list = this.#left.keys.get(key)
    if (list) {
      const [from, to] = [held.time - upper, held.time - lower]
      for (let i = firstAt(list, from); i < list.rows.length; i++) {
        const other = list.rows[i] as Held
        if (other.time > to) break
        if (!condition || condition(other.row, row)) this.#pair(other, held)
      }
    }
    if (held.time - lower > this.current) this.#right.add(key, held, -lower)
    else this.#alone(held, false)
  }

  protected override advance(ms: number): void {
    this.#expire(this.#left, this.#o.upper, ms, true)
    this.#expire(this.#right, -this.#o.lower, ms, false)
    this.out.watermark(ms - Math.max(0, this.#o.upper, -this.#o.lower))
  }

  save(): unknown {
    const of = (cache: Cache) => [...cache.keys].map(([key, { rows, head }]) => [key, rows.slice(head)])
    return { marks: this.saveWatermarks(), left: of(this.#left), right: of(this.#right) }
  }

  load(state: unknown): void {
    const { marks, left, right } = state as { marks: unknown; left: Array<[Key, Held[]]>; right: Array<[Key, Held[]]> }
    this.loadWatermarks(marks)
    const into = (cache: Cache, keys: Array<[Key, Held[]]>, keep: number) => {
      cache.keys = new Map()
      cache.timers = new TimeHeap()
      for (const [key, rows] of keys) for (const held of rows) cache.add(key, held, keep)
    }
    into(this.#left, left, this.#o.upper)
    into(this.#right, right, -this.#o.lower)
  }

  #pair(left: Held, right: Held): void {
    left.matched = true
    right.matched = true
    this.out.row(INSERT, [...left.row, ...right.row])
  }

  #alone(held: Held, isLeft: boolean): void {
    if (held.matched) return
    const { type } = this.#o
    if (isLeft ? type === 'LEFT' || type === 'FULL' : type === 'RIGHT' || type === 'FULL') {
      this.out.row(INSERT, isLeft ? [...held.row, ...this.#noRight] : [...this.#noLeft, ...held.row])
    }
  }

  #expire(cache: Cache, keep: number, ms: number, isLeft: boolean): void {
    for (let timer = cache.timers.pop(ms); timer; timer = cache.timers.pop(ms)) {
      const list = cache.keys.get(timer.value)
      if (!list) continue
      const { rows } = list
      for (let held = rows[list.head]; held && held.time + keep <= ms; held = rows[list.head]) {
        list.head++
        this.#alone(held, isLeft)
      }
      const first = rows[list.head]
      if (!first) cache.keys.delete(timer.value)
      else {
        list.rows = rows.slice(list.head)
        list.head = 0
        // Not for each row: what has expired does no harm, it only takes room.
        cache.timers.push(Math.max(first.time + keep, ms + this.#patience(isLeft)), timer.value)
      }
    }
  }

  /** How long expired rows may stay: outer sides owe their rows on time. */
  #patience(isLeft: boolean): number {
    const { type, lower, upper } = this.#o
    const owed = isLeft ? type === 'LEFT' || type === 'FULL' : type === 'RIGHT' || type === 'FULL'
    return owed ? 0 : (upper - lower) / 2
  }
}

/** The first row not before `time`. */
function firstAt({ rows, head }: { rows: Held[]; head: number }, time: number): number {
  let [low, high] = [head, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] as Held).time < time) low = middle + 1
    else high = middle
  }
  return low
}
