import type { JoinCondition } from './join-sides.ts'
import { type Key, keyBy } from './keys.ts'
import { adds, BinaryOperator, type Row, type RowKind, UPDATE_BEFORE } from './operator.ts'
import { TimeHeap } from './time-heap.ts'

export interface TemporalJoinOptions {
  type: 'INNER' | 'LEFT'
  leftKeys: readonly number[]
  rightKeys: readonly number[]
  leftTime: number
  rightTime: number
  condition?: JoinCondition
  rightWidth: number
}

interface Version {
  readonly time: number
  /** null from when the row was deleted. */
  readonly row: Row | null
}

/** Each left row with the version of the right row that was valid at its time; it waits until the watermark has passed that. As in Flink a NULL key finds the version of NULL. */
export class TemporalJoin extends BinaryOperator {
  readonly #o: TemporalJoinOptions
  readonly #leftKey: (row: Row) => Key
  readonly #rightKey: (row: Row) => Key
  readonly #noRight: Row
  #waiting = new TimeHeap<readonly [kind: RowKind, row: Row]>()
  /** By key, in order of time. */
  #versions = new Map<Key, Version[]>()
  /** Keys with more than one version: the older ones can go. */
  #several = new Set<Key>()

  constructor(options: TemporalJoinOptions) {
    super()
    this.#o = options
    this.#leftKey = keyBy(options.leftKeys)
    this.#rightKey = keyBy(options.rightKeys)
    this.#noRight = new Array<null>(options.rightWidth).fill(null)
  }

  get size(): number {
    return this.#waiting.size + this.#versions.size
  }

  protected left(kind: RowKind, row: Row): void {
    this.#waiting.push(row[this.#o.leftTime] as number, [kind, row])
  }

  protected right(kind: RowKind, row: Row): void {
    // The row that replaces it says from when on.
    if (kind === UPDATE_BEFORE) return
    const key = this.#rightKey(row)
    const version = { time: row[this.#o.rightTime] as number, row: adds(kind) ? row : null }
    const versions = this.#versions.get(key)
    if (!versions) {
      this.#versions.set(key, [version])
      return
    }
    let i = versions.length
    while (i > 0 && (versions[i - 1] as Version).time > version.time) i--
    if (i > 0 && (versions[i - 1] as Version).time === version.time) versions[i - 1] = version
    else versions.splice(i, 0, version)
    if (versions.length > 1) this.#several.add(key)
  }

  protected override advance(ms: number): void {
    for (let next = this.#waiting.pop(ms); next; next = this.#waiting.pop(ms)) {
      const [kind, row] = next.value
      this.#emit(kind, row, this.#version(this.#leftKey(row), next.time))
    }
    for (const key of this.#several) this.#forget(key, ms)
    this.out.watermark(ms)
  }

  save(): unknown {
    const waiting = this.#waiting.sorted().map(({ time, value }) => [time, value])
    return { marks: this.saveWatermarks(), waiting, versions: [...this.#versions] }
  }

  load(state: unknown): void {
    const { marks, waiting, versions } = state as {
      marks: unknown
      waiting: Array<[number, [RowKind, Row]]>
      versions: Array<[Key, Version[]]>
    }
    this.loadWatermarks(marks)
    this.#waiting = new TimeHeap()
    for (const [time, value] of waiting) this.#waiting.push(time, value)
    this.#versions = new Map(versions)
    this.#several = new Set(versions.flatMap(([key, list]) => (list.length > 1 ? [key] : [])))
  }

  #version(key: Key, time: number): Row | undefined {
    const versions = this.#versions.get(key) ?? []
    for (let i = versions.length - 1; i >= 0; i--) {
      const version = versions[i] as Version
      if (version.time <= time) return version.row ?? undefined
    }
    return undefined
  }

  #emit(kind: RowKind, row: Row, version: Row | undefined): void {
    const { condition, type } = this.#o
    if (version && (!condition || condition(row, version))) this.out.row(kind, [...row, ...version])
    else if (type === 'LEFT') this.out.row(kind, [...row, ...this.#noRight])
  }

  /** Keeps the version that is valid at the watermark, and those after it. */
  #forget(key: Key, ms: number): void {
    const versions = this.#versions.get(key) ?? []
    let valid = 0
    for (let i = 1; i < versions.length && (versions[i] as Version).time <= ms; i++) valid = i
    if (valid === 0) return
    const kept = versions.slice(valid)
    if (kept.length === 1) this.#several.delete(key)
    if (kept.length === 1 && kept[0]?.row === null) this.#versions.delete(key)
    else this.#versions.set(key, kept)
  }
}
