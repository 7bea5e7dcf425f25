import { SqlRuntimeError } from '../expr/sql-runtime-error.ts'
import type { MatchSkip } from '../plan/nodes.ts'
import type { MatchAggregates } from './match-aggregates.ts'
import { popStart, pushStart, removeStarts } from './match-heap.ts'
import { FINAL, isUnambiguous, type MatchEdge, type MatchStates, type MatchTest } from './match-nfa.ts'
import { endOf, forgetRows, notBegun, type Partition, type Run } from './match-run.ts'
import type { Row } from './operator.ts'

/** The condition of a variable: whether it may take `row`, which is number `seq`, in this run. */
export type MatchCondition = (row: Row, partition: Partition, run: Run, seq: number) => boolean

export interface MatchSearchOptions {
  readonly states: MatchStates
  /** By variable: undefined where every row will do. `local` ones look at nothing but the row. */
  readonly conditions: ReadonlyArray<{ readonly test: MatchCondition; readonly local: boolean } | undefined>
  /** By variable: its name in the pattern. */
  readonly names: readonly string[]
  /** Aggregates that conditions look at: accumulator i of a run is that of number i. */
  readonly aggregates: readonly MatchAggregates[]
  readonly after: MatchSkip
  /** ms; Infinity where there is no WITHIN. */
  readonly within: number
  /** A match, and the time at which it was found. */
  readonly onMatch: (partition: Partition, run: Run, end: number, time: number) => void
}

/** The running aggregates of a run where there are none to keep. */
const NONE: Run['accs'] = []

/**
 * The search for matches in one partition, in the steps of Flink's NFA: every partial match takes the row or ends; a complete one is given
 * out as soon as no partial match is left that began before it; what it skips is dropped.
 */
export class MatchSearch {
  readonly #o: MatchSearchOptions
  readonly #notBegun: Run
  #spare: Run[] = []
  readonly #found: Run[] = []
  // Answers of conditions, good while the stamp is: that of the row for local ones, that of the row and the run for others.
  readonly #answers: boolean[]
  readonly #stamps: number[]
  #stamp = 0
  #rowStamp = 0
  /** Where the row takes one partial match: by which variables and to which states. */
  readonly #taken: number[] = []
  readonly #targets: number[] = []

  /** Whether partial matches in one state have one future, and only the first of them can ever be given out. */
  readonly #oneEach: boolean
  readonly #firsts: number[] = []

  constructor(options: MatchSearchOptions) {
    this.#o = options
    this.#oneEach =
      options.after.to === 'PAST_LAST_ROW' &&
      options.within === Number.POSITIVE_INFINITY &&
      options.conditions.every((condition) => condition?.local ?? true) &&
      isUnambiguous(options.states)
    this.#notBegun = notBegun(options.conditions.length)
    this.#answers = options.conditions.map(() => false)
    this.#stamps = options.conditions.map(() => 0)
  }

  create(): Partition {
    return { rows: [], base: 0, runs: [this.#notBegun], complete: [], timed: false }
  }

  isIdle({ runs, complete }: Partition): boolean {
    return runs.length === 1 && complete.length === 0
  }

  row(partition: Partition, row: Row, time: number): void {
    const seq = partition.base + partition.rows.length
    partition.rows.push(row)
    this.#rowStamp = ++this.#stamp
    const { runs } = partition
    partition.runs = this.#spare
    for (let i = 0; i < runs.length; i++) this.#advance(partition, runs[i] as Run, row, seq, time)
    runs.length = 0
    this.#spare = runs
    if (this.#oneEach && partition.runs.length > 2) this.#keepFirsts(partition.runs)
    if (this.#found.length > 0 || partition.complete.length > 0) this.#release(partition, time)
    forgetRows(partition)
  }

  /** Drops partial matches that have had their time, and gives out what waited for them. */
  expire(partition: Partition, now: number): void {
    const { within } = this.#o
    const { runs } = partition
    if (this.expiry(partition) > now) return
    partition.runs = []
    for (const run of runs) if (run.start === Number.POSITIVE_INFINITY || now - run.startTime < within) pushStart(partition.runs, run)
    this.#release(partition, now)
    forgetRows(partition)
  }

  /** When the next partial match will have had its time; Infinity for never. */
  expiry({ runs }: Partition): number {
    const first = runs[0]
    return first && first.start < Number.POSITIVE_INFINITY ? first.startTime + this.#o.within : Number.POSITIVE_INFINITY
  }

  save(partition: Partition): unknown {
    const saved = ({ state, start, startTime, bounds }: Run) => [state, start, startTime, [...bounds]]
    const { rows, base, runs, complete, timed } = partition
    return { rows: [...rows], base, timed, runs: runs.map(saved), complete: complete.map(saved) }
  }

  load(state: unknown): Partition {
    type SavedRun = [number, number, number, number[]]
    const { rows, base, timed, runs, complete } = state as {
      rows: Row[]
      base: number
      timed: boolean
      runs: SavedRun[]
      complete: SavedRun[]
    }
    const partition: Partition = { rows: [...rows], base, timed, runs: [], complete: [] }
    const loaded = ([state, start, startTime, bounds]: SavedRun): Run => {
      if (start === Number.POSITIVE_INFINITY) return this.#notBegun
      const run: Run = { state, start, startTime, bounds: [...bounds], accs: this.#o.aggregates.length > 0 ? [] : NONE }
      const end = endOf(run)
      for (const [i, each] of this.#o.aggregates.entries()) run.accs[i] = each.of(partition, run, end)
      return run
    }
    partition.runs = runs.map(loaded)
    partition.complete.push(...complete.map(loaded))
    return partition
  }

  /** What becomes of one partial match by the row: nothing, itself a step further, or several of it. */
  #advance(partition: Partition, run: Run, row: Row, seq: number, time: number): void {
    const edges = this.#o.states[run.state] as readonly MatchEdge[]
    const taken = this.#taken
    this.#stamp++
    let count = 0
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i] as MatchEdge
      if (!this.#agree(edge.tests, partition, run, row, seq)) continue
      taken[count] = edge.variable
      this.#targets[count++] = edge.target
      if (edge.ends.length === 0 || !this.#mayEnd(edge, partition, run, row, seq)) continue
      taken[count] = edge.variable
      this.#targets[count++] = FINAL
    }
    const begins = run === this.#notBegun
    // All but the last go on with a copy; what has not begun stays as it is.
    for (let i = 0; i < count; i++) {
      const next = begins ? this.#begun(seq, time) : i < count - 1 ? this.#copy(run) : run
      this.#take(partition, next, taken[i] as number, this.#targets[i] as number, row, seq)
    }
    if (begins) pushStart(partition.runs, run)
  }

  #mayEnd({ ends }: MatchEdge, partition: Partition, run: Run, row: Row, seq: number): boolean {
    for (const tests of ends) if (this.#agree(tests, partition, run, row, seq)) return true
    return false
  }

  /**
   * Of the partial matches in one state only the one that began first: they will be complete at the same row, if ever, and that one then
   * rules the others out. Without it a long row of A under `A+ B` would be as many partial matches, each looked at for every row.
   */
  #keepFirsts(runs: Run[]): void {
    const firsts = this.#firsts
    firsts.length = 0
    for (const { state, start } of runs) firsts[state] = Math.min(firsts[state] ?? start, start)
    removeStarts(runs, ({ state, start }) => start !== firsts[state])
  }

  #agree(tests: readonly MatchTest[], partition: Partition, run: Run, row: Row, seq: number): boolean {
    for (let i = 0; i < tests.length; i++) {
      const { variable, holds } = tests[i] as MatchTest
      if (this.#answer(variable, partition, run, row, seq) !== holds) return false
    }
    return true
  }

  #answer(variable: number, partition: Partition, run: Run, row: Row, seq: number): boolean {
    const condition = this.#o.conditions[variable]
    if (!condition) return true
    const stamp = condition.local ? this.#rowStamp : this.#stamp
    if (this.#stamps[variable] !== stamp) {
      this.#answers[variable] = condition.test(row, partition, run, seq)
      this.#stamps[variable] = stamp
    }
    return this.#answers[variable] as boolean
  }

  #begun(start: number, startTime: number): Run {
    return { state: 0, start, startTime, bounds: this.#notBegun.bounds.slice(), accs: this.#o.aggregates.length > 0 ? [] : NONE }
  }

  #copy({ state, start, startTime, bounds, accs }: Run): Run {
    const copies = accs === NONE ? NONE : accs.map((acc, i) => acc && this.#o.aggregates[i]?.copy(acc))
    return { state, start, startTime, bounds: bounds.slice(), accs: copies }
  }

  #take(partition: Partition, run: Run, variable: number, target: number, row: Row, seq: number): void {
    const { bounds, accs } = run
    if (bounds[2 * variable] === -1) bounds[2 * variable] = seq
    bounds[2 * variable + 1] = seq + 1
    const { aggregates } = this.#o
    for (let i = 0; i < aggregates.length; i++) {
      const each = aggregates[i] as MatchAggregates
      if (each.sees(variable)) accs[i] = each.add(accs[i], row)
    }
    run.state = target
    pushStart(target === FINAL ? this.#found : partition.runs, run)
  }

  #release(partition: Partition, time: number): void {
    const { complete, runs } = partition
    for (const run of this.#found) pushStart(complete, run)
    this.#found.length = 0
    for (let match = complete[0]; match && match.start <= (runs[0]?.start ?? match.start); match = complete[0]) {
      popStart(complete)
      const end = endOf(match)
      const skipped = this.#skipped(match, end)
      removeStarts(runs, skipped)
      removeStarts(complete, skipped)
      this.#o.onMatch(partition, match, end, time)
    }
  }

  /** What a match rules out; the one that has not begun stays in any case. */
  #skipped(match: Run, end: number): (run: Run) => boolean {
    const { after } = this.#o
    if (!('variable' in after)) return after.to === 'NEXT_ROW' ? ({ start }) => start <= match.start : ({ start }) => start < end
    const { bounds } = match
    const first = bounds[2 * after.variable] as number
    const goOn = after.to === 'FIRST' ? first : (bounds[2 * after.variable + 1] as number) - 1
    const skip = `AFTER MATCH SKIP TO ${after.to} ${this.#o.names[after.variable]}`
    if (first === -1) throw new SqlRuntimeError(`${skip}: a match has no row of it`)
    if (goOn === match.start) throw new SqlRuntimeError(`${skip}: that is the row where the match began, and it would be found for ever`)
    return ({ start }) => start < goOn
  }
}
