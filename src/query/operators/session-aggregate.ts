import type { Accumulator, Aggregates } from '../aggregates/aggregate.ts'
import { type Key, keyBy } from './keys.ts'
import { adds, INSERT, type OnLate, type Row, type RowKind, UnaryOperator } from './operator.ts'
import { TimeHeap } from './time-heap.ts'
import { type WindowClock, windowClock } from './window-clock.ts'

export interface SessionAggregateOptions {
  /** A session ends when no row came for so long, ms. */
  gap: number
  time: number
  /** PARTITION BY of the session and the other columns of GROUP BY. */
  keys: readonly number[]
  aggregates: Aggregates
  /** As in WindowAggregate. */
  retract: boolean
  zone?: string
  onLate?: OnLate
}

interface Session {
  start: number
  end: number
  acc: Accumulator
  /** When its key is looked at for it: one timer is on its way for each session, set for the end that it had. */
  timer: number
}

interface Sessions {
  readonly key: Row
  /** Apart from each other, in order of time. */
  list: Session[]
}

/**
 * GROUP BY a session window and keys. A row reaches `gap` into the future: sessions that touch are one. Goes out: the keys, the aggregates,
 * window start, end (last row + gap) and time. A row behind the watermark still counts where a live session takes it in, else it is late.
 */
export class SessionAggregate extends UnaryOperator {
  readonly #o: SessionAggregateOptions
  readonly #keyOf: (row: Row) => Key
  readonly #clock: WindowClock
  #keys = new Map<Key, Sessions>()
  /** When to look at a key again: a session that grew since is looked at later. */
  #timers = new TimeHeap<Key>()
  #current = Number.NEGATIVE_INFINITY

  constructor(options: SessionAggregateOptions) {
    super()
    this.#o = options
    this.#keyOf = keyBy(options.keys)
    this.#clock = windowClock(options.zone)
  }

  get size(): number {
    return this.#keys.size
  }

  /** How often keys are to be looked at: about as often as there are sessions. */
  get timers(): number {
    return this.#timers.size
  }

  row(kind: RowKind, row: Row): void {
    const { aggregates, time, gap, keys } = this.#o
    const start = this.#clock.toClock(row[time] as number)
    const end = start + gap
    const key = this.#keyOf(row)
    let sessions = this.#keys.get(key)
    const newest = sessions?.list.at(-1)
    if (newest && start >= newest.start && start <= newest.end) {
      // By far the most frequent: the row goes on with the last session.
      if (newest.end < end) newest.end = end
      if (adds(kind)) aggregates.add(newest.acc, row)
      else aggregates.retract(newest.acc, row)
      return
    }
    const session = this.#merged(sessions, start, end)
    if (!session) {
      this.#o.onLate?.(row)
      return
    }
    if (!sessions) {
      sessions = { key: keys.map((column) => row[column]), list: [session] }
      this.#keys.set(key, sessions)
    }
    if (session.timer === Number.NEGATIVE_INFINITY) this.#await(session, key)
    if (adds(kind)) aggregates.add(session.acc, row)
    else aggregates.retract(session.acc, row)
  }

  override watermark(ms: number): void {
    this.#current = ms
    for (let timer = this.#timers.pop(ms); timer; timer = this.#timers.pop(ms)) this.#close(timer.value, timer.time)
    this.out.watermark(ms)
  }

  save(): unknown {
    const { aggregates } = this.#o
    const keys = [...this.#keys].map(([key, { key: row, list }]) => [key, row, list.map((s) => [s.start, s.end, aggregates.save(s.acc)])])
    return { keys, current: this.#current }
  }

  load(state: unknown): void {
    const { keys, current } = state as { keys: Array<[Key, Row, Array<[number, number, unknown[]]>]>; current: number }
    this.#current = current
    this.#timers = new TimeHeap()
    this.#keys = new Map()
    for (const [key, row, list] of keys) {
      const sessions = list.map(([start, end, acc]) => this.#session(start, end, this.#o.aggregates.load(acc)))
      this.#keys.set(key, { key: row, list: sessions })
      for (const session of sessions) this.#await(session, key)
    }
  }

  /** The session that [start, end) and all that it touches make, put in its place; undefined when the watermark has passed it. */
  #merged(sessions: Sessions | undefined, start: number, end: number): Session | undefined {
    const touching = sessions?.list.filter((session) => start <= session.end && session.start <= end) ?? []
    const last = Math.max(end, ...touching.map((session) => session.end))
    if (this.#clock.due(last) <= this.#current) return undefined
    const [first, ...others] = touching
    if (!first) {
      const session = this.#session(start, end, this.#o.aggregates.create())
      sessions?.list.push(session)
      sessions?.list.sort((a, b) => a.start - b.start)
      return session
    }
    for (const other of others) this.#o.aggregates.merge(first.acc, other.acc)
    first.start = Math.min(first.start, start)
    first.end = last
    if (sessions) sessions.list = sessions.list.filter((session) => !others.includes(session))
    return first
  }

  #close(key: Key, due: number): void {
    const sessions = this.#keys.get(key)
    if (!sessions) return
    const open: Session[] = []
    for (const session of sessions.list) {
      if (this.#clock.due(session.end) <= due) this.#emit(sessions.key, session)
      else open.push(session)
    }
    sessions.list = open
    if (open.length === 0) this.#keys.delete(key)
    // One that grew since its timer was set needs another; the others still have theirs.
    for (const session of open) if (session.timer <= due) this.#await(session, key)
  }

  #session(start: number, end: number, acc: Accumulator): Session {
    return { start, end, acc, timer: Number.NEGATIVE_INFINITY }
  }

  #await(session: Session, key: Key): void {
    session.timer = this.#clock.due(session.end)
    this.#timers.push(session.timer, key)
  }

  #emit(key: Row, { start, end, acc }: Session): void {
    const row: unknown[] = [...key]
    this.#o.aggregates.results(acc, row)
    if (this.#o.retract && row.pop() === 0) return
    row.push(start, end, this.#clock.windowTime(end))
    this.out.row(INSERT, row)
  }
}
