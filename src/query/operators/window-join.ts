import type { JoinCondition } from './join-sides.ts'
import { hasNullKey, type Key, keyBy } from './keys.ts'
import { BinaryOperator, INSERT, type OnLate, type Row, type RowKind } from './operator.ts'
import { type WindowClock, windowClock } from './window-clock.ts'

export interface WindowJoinOptions {
  type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'SEMI' | 'ANTI'
  leftKeys: readonly number[]
  rightKeys: readonly number[]
  /** Columns of the window's end. */
  leftEnd: number
  rightEnd: number
  condition?: JoinCondition
  leftWidth: number
  rightWidth: number
  zone?: string
  onLate?: OnLate
}

interface Window {
  left: Row[]
  right: Row[]
}

/** Rows of the same window and key, joined when the watermark passes the window's end. */
export class WindowJoin extends BinaryOperator {
  readonly #o: WindowJoinOptions
  readonly #leftKey: (row: Row) => Key
  readonly #rightKey: (row: Row) => Key
  readonly #leftNull: (row: Row) => boolean
  readonly #rightNull: (row: Row) => boolean
  readonly #clock: WindowClock
  readonly #noLeft: Row
  readonly #noRight: Row
  /** By end. */
  #windows = new Map<number, Window>()

  constructor(options: WindowJoinOptions) {
    super()
    this.#o = options
    this.#clock = windowClock(options.zone)
    this.#leftKey = keyBy(options.leftKeys)
    this.#rightKey = keyBy(options.rightKeys)
    this.#leftNull = hasNullKey(options.leftKeys)
    this.#rightNull = hasNullKey(options.rightKeys)
    this.#noLeft = new Array<null>(options.leftWidth).fill(null)
    this.#noRight = new Array<null>(options.rightWidth).fill(null)
  }

  get size(): number {
    let rows = 0
    for (const { left, right } of this.#windows.values()) rows += left.length + right.length
    return rows
  }

  protected left(_kind: RowKind, row: Row): void {
    this.#window(row, row[this.#o.leftEnd] as number)?.left.push(row)
  }

  protected right(_kind: RowKind, row: Row): void {
    this.#window(row, row[this.#o.rightEnd] as number)?.right.push(row)
  }

  protected override advance(ms: number): void {
    const over = [...this.#windows.keys()].filter((end) => this.#clock.due(end) <= ms).sort((a, b) => a - b)
    for (const end of over) {
      const window = this.#windows.get(end)
      this.#windows.delete(end)
      if (window) this.#close(window)
    }
    this.out.watermark(ms)
  }

  save(): unknown {
    return { marks: this.saveWatermarks(), windows: [...this.#windows] }
  }

  load(state: unknown): void {
    const { marks, windows } = state as { marks: unknown; windows: Array<[number, Window]> }
    this.loadWatermarks(marks)
    this.#windows = new Map(windows)
  }

  #window(row: Row, end: number): Window | undefined {
    if (this.#clock.due(end) <= this.current) {
      this.#o.onLate?.(row)
      return undefined
    }
    let window = this.#windows.get(end)
    if (!window) {
      window = { left: [], right: [] }
      this.#windows.set(end, window)
    }
    return window
  }

  #close({ left, right }: Window): void {
    const { type, condition } = this.#o
    const byKey = new Map<Key, Row[]>()
    for (const row of right) {
      if (this.#rightNull(row)) continue
      const key = this.#rightKey(row)
      const rows = byKey.get(key)
      if (rows) rows.push(row)
      else byKey.set(key, [row])
    }
    const matched = new Set<Row>()
    for (const row of left) {
      const candidates = this.#leftNull(row) ? [] : (byKey.get(this.#leftKey(row)) ?? [])
      const found = condition ? candidates.filter((other) => condition(row, other)) : candidates
      if (type === 'SEMI' || type === 'ANTI') {
        if (found.length > 0 === (type === 'SEMI')) this.out.row(INSERT, row)
        continue
      }
      for (const other of found) {
        matched.add(other)
        this.out.row(INSERT, [...row, ...other])
      }
      if (found.length === 0 && (type === 'LEFT' || type === 'FULL')) this.out.row(INSERT, [...row, ...this.#noRight])
    }
    if (type !== 'RIGHT' && type !== 'FULL') return
    for (const row of right) if (!matched.has(row)) this.out.row(INSERT, [...this.#noLeft, ...row])
  }
}
