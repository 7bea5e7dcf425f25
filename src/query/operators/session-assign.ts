import { type Key, keyBy } from './keys.ts'
import { INSERT, type OnLate, type Row, type RowKind, UnaryOperator } from './operator.ts'
import { type WindowClock, windowClock } from './window-clock.ts'

interface Session {
  start: number
  end: number
  rows: Row[]
}

/** Rows with the columns of their session behind them: they wait until it has ended, as only then its borders are known. */
export class SessionAssign extends UnaryOperator {
  readonly #gap: number
  readonly #time: number
  readonly #keyOf: (row: Row) => Key
  readonly #onLate: OnLate | undefined
  #keys = new Map<Key, Session[]>()
  #current = Number.NEGATIVE_INFINITY

  readonly #clock: WindowClock

  constructor(gap: number, partition: readonly number[], time: number, onLate?: OnLate, zone?: string) {
    super()
    this.#clock = windowClock(zone)
    this.#gap = gap
    this.#time = time
    this.#keyOf = keyBy(partition)
    this.#onLate = onLate
  }

  get size(): number {
    return this.#keys.size
  }

  row(_kind: RowKind, row: Row): void {
    const start = this.#clock.toClock(row[this.#time] as number)
    const key = this.#keyOf(row)
    const sessions = this.#keys.get(key) ?? []
    const merged: Session = { start, end: start + this.#gap, rows: [] }
    const apart: Session[] = []
    for (const session of sessions) {
      if (merged.start > session.end || session.start > merged.end) apart.push(session)
      else {
        merged.start = Math.min(merged.start, session.start)
        merged.end = Math.max(merged.end, session.end)
        merged.rows.push(...session.rows)
      }
    }
    if (this.#clock.due(merged.end) <= this.#current) {
      this.#onLate?.(row)
      return
    }
    merged.rows.push(row)
    this.#keys.set(key, [...apart, merged])
  }

  override watermark(ms: number): void {
    this.#current = ms
    const over: Session[] = []
    for (const [key, sessions] of this.#keys) {
      const open = sessions.filter((session) => this.#clock.due(session.end) > ms)
      if (open.length === sessions.length) continue
      over.push(...sessions.filter((session) => this.#clock.due(session.end) <= ms))
      if (open.length === 0) this.#keys.delete(key)
      else this.#keys.set(key, open)
    }
    for (const { start, end, rows } of over.sort((a, b) => a.end - b.end)) {
      for (const row of rows) this.out.row(INSERT, [...row, start, end, this.#clock.windowTime(end)])
    }
    this.out.watermark(ms)
  }

  save(): unknown {
    return { current: this.#current, keys: [...this.#keys] }
  }

  load(state: unknown): void {
    const { current, keys } = state as { current: number; keys: Array<[Key, Session[]]> }
    this.#current = current
    this.#keys = new Map(keys)
  }
}
