import type { Accumulator, Aggregates } from '../aggregates/aggregate.ts'
import { type Key, keyBy } from './keys.ts'
import { adds, INSERT, type OnLate, type Row, type RowKind, UnaryOperator } from './operator.ts'
import { type WindowClock, windowClock } from './window-clock.ts'
import { sliceOf, type WindowSpec, windowStart } from './windows.ts'

export interface WindowAggregateOptions {
  /** The windows, or the columns of windows that an earlier step has assigned. */
  window: WindowSpec | { readonly kind: 'ATTACHED'; readonly start: number; readonly end: number }
  /** The column with the row time; not needed for attached windows. */
  time: number
  keys: readonly number[]
  aggregates: Aggregates
  /** Rows may be taken back: the last of `aggregates` then is COUNT(*), left out of the result; a group without rows gives none. */
  retract: boolean
  zone?: string
  onLate?: OnLate
  /** For one key column that is a text: its number in the present row, or -1. Only a hint where its group may be found. */
  number?: { readonly value: number }
}

interface Group {
  readonly key: Row
  readonly acc: Accumulator
  /** Of an attached window. */
  readonly start: number
}

type Groups = Map<Key, Group>

interface Slice {
  readonly groups: Groups
  /** Of keys that have a number: where a group may be found without a look into the Map. */
  readonly numbered: Array<Group | undefined>
}

const newSlice = (groups: Groups = new Map()): Slice => ({ groups, numbered: [] })
const NONE = { value: -1 }

/**
 * GROUP BY the window (and keys). A row that comes in: the columns of the step before; a row that goes out: the keys, the aggregates,
 * window start, window end, window time (end - 1 ms). A window's rows go out together when the watermark has passed its last moment.
 */
export class WindowAggregate extends UnaryOperator {
  readonly #o: WindowAggregateOptions
  readonly #keyOf: (row: Row) => Key
  readonly #clock: WindowClock
  readonly #slice: number
  readonly #number: { readonly value: number }
  readonly #keyColumn: number
  /** Slice end → groups. For CUMULATE, the slices of a window are put into its first one when they are over. */
  #slices = new Map<number, Slice>()
  /** Ends of windows that will fire. */
  #pending = new Set<number>()
  /** The earliest of them, and the watermark that it waits for. */
  #next = Number.POSITIVE_INFINITY
  #nextDue = Number.POSITIVE_INFINITY
  #current = Number.NEGATIVE_INFINITY
  #lastEnd = Number.NaN
  #lastSlice: Slice = newSlice()

  constructor(options: WindowAggregateOptions) {
    super()
    this.#o = options
    // Attached windows that end together need not have begun together: sessions.
    const { window } = options
    this.#keyOf = keyBy(window.kind === 'ATTACHED' ? [...options.keys, window.start] : options.keys)
    this.#number = (options.keys.length === 1 && window.kind !== 'ATTACHED' && options.number) || NONE
    this.#keyColumn = options.keys[0] ?? 0
    this.#clock = windowClock(options.zone)
    this.#slice = options.window.kind === 'ATTACHED' ? 0 : sliceOf(options.window)
  }

  get size(): number {
    let groups = 0
    for (const slice of this.#slices.values()) groups += slice.groups.size
    return groups
  }

  row(kind: RowKind, row: Row): void {
    const { window, aggregates } = this.#o
    const end =
      window.kind === 'ATTACHED' ? (row[window.end] as number) : this.#sliceEnd(this.#clock.toClock(row[this.#o.time] as number), window)
    if (end !== this.#lastEnd) {
      if (this.#clock.due(this.#lastWindowEnd(end)) <= this.#current) {
        this.#o.onLate?.(row)
        return
      }
      this.#open(end)
    }
    const number = this.#number.value
    let group = number < 0 ? undefined : this.#lastSlice.numbered[number]
    // Numbers begin anew at times: the key says whose group it is.
    if (group === undefined || group.key[0] !== row[this.#keyColumn]) {
      group = this.#groupOf(row)
      if (number >= 0) this.#lastSlice.numbered[number] = group
    }
    if (adds(kind)) aggregates.add(group.acc, row)
    else aggregates.retract(group.acc, row)
  }

  #groupOf(row: Row): Group {
    const { window, aggregates, keys } = this.#o
    const { groups } = this.#lastSlice
    const key = this.#keyOf(row)
    let group = groups.get(key)
    if (group === undefined) {
      const start = window.kind === 'ATTACHED' ? (row[window.start] as number) : 0
      group = { key: keys.map((column) => row[column]), acc: aggregates.create(), start }
      groups.set(key, group)
    }
    return group
  }

  override watermark(ms: number): void {
    this.#current = ms
    while (this.#pending.size > 0 && this.#nextDue <= ms) this.#fire(this.#next)
    this.out.watermark(ms)
  }

  save(): unknown {
    const { aggregates } = this.#o
    const slices = [...this.#slices].map(([end, slice]) => [
      end,
      [...slice.groups].map(([key, g]) => [key, g.key, aggregates.save(g.acc), g.start]),
    ])
    return { slices, pending: [...this.#pending], current: this.#current }
  }

  load(state: unknown): void {
    const { slices, pending, current } = state as {
      slices: Array<[number, Array<[Key, Row, unknown[], number]>]>
      pending: number[]
      current: number
    }
    const group = ([key, row, acc, start]: [Key, Row, unknown[], number]) =>
      [key, { key: row, acc: this.#o.aggregates.load(acc), start }] as const
    this.#slices = new Map(slices.map(([end, groups]) => [end, newSlice(new Map(groups.map(group)))]))
    this.#pending = new Set(pending)
    this.#current = current
    this.#lastEnd = Number.NaN
    this.#plan()
  }

  #sliceEnd(time: number, window: WindowSpec): number {
    // Neighbours are mostly of one slice: comparing costs less than a remainder.
    const last = this.#lastEnd
    if (time < last && time >= last - this.#slice) return last
    return windowStart(time, this.#slice, window.offset) + this.#slice
  }

  /** The end of the last window that a slice belongs to: a row behind it is late. */
  #lastWindowEnd(end: number): number {
    const { window } = this.#o
    if (window.kind === 'HOP') return end - window.slide + window.size
    if (window.kind === 'CUMULATE') return windowStart(end - 1, window.size, window.offset) + window.size
    return end
  }

  #open(end: number): void {
    let slice = this.#slices.get(end)
    if (!slice) {
      slice = newSlice()
      this.#slices.set(end, slice)
    }
    this.#lastEnd = end
    this.#lastSlice = slice
    let first = end
    while (this.#clock.due(first) <= this.#current) first += this.#slice
    this.#pending.add(first)
    if (first < this.#next) this.#await(first)
  }

  #plan(): void {
    let next = Number.POSITIVE_INFINITY
    for (const end of this.#pending) if (end < next) next = end
    this.#await(next)
  }

  /** The window with this end is the next one to be over. */
  #await(end: number): void {
    this.#next = end
    this.#nextDue = end === Number.POSITIVE_INFINITY ? end : this.#clock.due(end)
  }

  #fire(end: number): void {
    const { window } = this.#o
    this.#pending.delete(end)
    if (window.kind === 'HOP') this.#fireHop(end, window.size, window.slide)
    else if (window.kind === 'CUMULATE') this.#fireCumulate(end, windowStart(end - 1, window.size, window.offset), window)
    else {
      for (const group of this.#slices.get(end)?.groups.values() ?? [])
        this.#emit(group, window.kind === 'TUMBLE' ? end - window.size : group.start, end)
      this.#drop(end)
    }
    this.#plan()
  }

  #fireHop(end: number, size: number, slide: number): void {
    const { aggregates } = this.#o
    const merged: Groups = new Map()
    for (let at = end - size + slide; at <= end; at += slide) {
      for (const [key, group] of this.#slices.get(at)?.groups ?? []) {
        const sum = merged.get(key)
        if (sum) aggregates.merge(sum.acc, group.acc)
        else {
          const first = { key: group.key, acc: aggregates.create(), start: 0 }
          aggregates.merge(first.acc, group.acc)
          merged.set(key, first)
        }
      }
    }
    for (const group of merged.values()) this.#emit(group, end - size, end)
    this.#drop(end - size + slide)
    if (merged.size > 0 && this.#anySlice(end - size + 2 * slide, end, slide)) this.#pending.add(end + slide)
  }

  #anySlice(from: number, to: number, slide: number): boolean {
    for (let at = from; at <= to; at += slide) if (this.#slices.has(at)) return true
    return false
  }

  #fireCumulate(end: number, start: number, window: { size: number; step: number }): void {
    const { aggregates } = this.#o
    const home = start + window.step
    const first = this.#slices.get(home) ?? newSlice()
    this.#slices.set(home, first)
    const whole = first.groups
    for (let at = home + window.step; at <= end; at += window.step) {
      for (const [key, group] of this.#slices.get(at)?.groups ?? []) {
        const sum = whole.get(key)
        if (sum) aggregates.merge(sum.acc, group.acc)
        else whole.set(key, group)
      }
      this.#drop(at)
    }
    for (const group of whole.values()) this.#emit(group, start, end)
    if (end === start + window.size) this.#drop(home)
    else if (whole.size > 0) this.#pending.add(end + window.step)
  }

  #drop(end: number): void {
    this.#slices.delete(end)
    if (end === this.#lastEnd) this.#lastEnd = Number.NaN
  }

  #emit(group: Group, start: number, end: number): void {
    const row: unknown[] = [...group.key]
    this.#o.aggregates.results(group.acc, row)
    if (this.#o.retract && row.pop() === 0) return
    row.push(start, end, this.#clock.windowTime(end))
    this.out.row(INSERT, row)
  }
}
