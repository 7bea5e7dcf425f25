import type { EventRecord } from '../events/index.ts'
import type { InsightRow } from '../insights/insight.ts'
import type { PlannedInsight } from '../insights/plan.ts'
import { adds, type Downstream, type Row, type RowKind, UPDATE_BEFORE } from '../query/operators/operator.ts'
import type { JobOutput } from '../query/run/bus-job.ts'
import { type AlertState, Lifecycle, type Transition } from './lifecycle.ts'
import { alertRecord, insightRecord, logRecord } from './records.ts'
import { Standing } from './standing.ts'

/** The topics that insights write. */
export const INSIGHT_OUTPUTS = ['insights', 'alerts', 'alert_log'] as const

interface SinkState {
  waiting: InsightRow[]
  standing: ReturnType<Standing['save']>
  alerts: AlertState[]
  current: number
}

/**
 * Where the rows of an insight's query become rows of `insights`, the present state of its incidents and their history. Rows wait for the
 * watermark and are taken in order of time, so that it makes no difference in which order a query gave them out; of a changelog the last
 * one of a subject. A row that is behind the watermark counts as of the watermark.
 */
export class InsightSink implements Downstream {
  readonly #planned: PlannedInsight
  #standing: Standing
  #life: Lifecycle
  #waiting: InsightRow[] = []
  #current = Number.NEGATIVE_INFINITY
  readonly #outputs: JobOutput[]
  readonly #writes: 'all' | 'ends'
  /** Told of every row and transition; for tests of insights. */
  onRow: ((row: InsightRow) => void) | undefined
  onTransition: ((transition: Transition) => void) | undefined

  /**
   * @param outputs where its records go, in the order in which they come about: several insights may share it
   * @param writes `ends`: the rows themselves are in `insights` already, and what is written there is that no row came in time
   */
  constructor(planned: PlannedInsight, outputs: JobOutput[], writes: 'all' | 'ends' = 'all') {
    this.#planned = planned
    this.#outputs = outputs
    this.#writes = writes
    this.#standing = new Standing(planned.insight.rows.holds)
    this.#life = this.#lifecycle([])
  }

  row(kind: RowKind, row: Row): void {
    // What replaces it comes next.
    if (kind === UPDATE_BEFORE) return
    const read = this.#planned.read(row)
    if (!read) return
    if (!adds(kind)) read.active = false
    this.take(read)
  }

  /** A row that was read already. It is kept, and its time may be changed. */
  take(read: InsightRow): void {
    if (read.time < this.#current) read.time = this.#current
    // Of a changelog the last word counts: between them are states that no input ever was in.
    if (this.#planned.changing) this.#waiting = this.#waiting.filter(({ subject }) => subject !== read.subject)
    this.#waiting.push(read)
  }

  watermark(ms: number): void {
    if (ms <= this.#current) return
    const due = this.#waiting.filter(({ time }) => time <= ms)
    if (due.length > 0) {
      this.#waiting = this.#waiting.filter(({ time }) => time > ms)
      for (const row of due.sort(inOrder)) this.#process(row)
    }
    this.#current = ms
    if (!Number.isFinite(ms)) return
    for (const row of this.#standing.advance(ms)) this.#give(row, true)
    this.#transitions(this.#life.advance(ms))
  }

  save(): SinkState {
    const [waiting, current] = [structuredClone(this.#waiting), this.#current]
    return { waiting, standing: this.#standing.save(), alerts: this.#life.saved(), current }
  }

  load(state: unknown): void {
    const { waiting, standing, alerts, current } = state as SinkState
    this.#waiting = waiting
    this.#standing = new Standing(this.#planned.insight.rows.holds, standing)
    this.#life = this.#lifecycle(alerts)
    this.#current = current
    // With another severity it is another alert: the old one ends here.
    const { severity } = this.#planned.insight.alert
    this.#transitions(this.#life.end(({ labels }) => labels.severity !== severity, current))
  }

  #lifecycle(alerts: readonly AlertState[]): Lifecycle {
    const { name, alert } = this.#planned.insight
    return new Lifecycle(new Map([[name, alert]]), alerts)
  }

  #process(row: InsightRow): void {
    for (const each of this.#standing.process(row)) this.#give(each, each !== row || this.#writes === 'all')
  }

  #give(row: InsightRow, write: boolean): void {
    this.onRow?.(row)
    if (write) this.#output('insights', insightRecord(this.#planned.insight, row))
    this.#transitions(this.#life.process(row))
  }

  #transitions(transitions: readonly Transition[]): void {
    const { insight } = this.#planned
    for (const transition of transitions) {
      this.onTransition?.(transition)
      this.#output('alerts', alertRecord(insight, transition))
      const entry = logRecord(insight, transition)
      if (entry) this.#output('alert_log', entry)
    }
  }

  /** Without its id: the job gives each record one of its own. */
  #output(topic: (typeof INSIGHT_OUTPUTS)[number], record: EventRecord): void {
    this.#outputs.push({ topic, ...record, headers: record.headers.filter(([name]) => name !== 'ce_id') })
  }
}

const inOrder = (a: InsightRow, b: InsightRow): number =>
  a.time - b.time ||
  compare(a.subject, b.subject) ||
  Number(a.active) - Number(b.active) ||
  compare(JSON.stringify(a.values), JSON.stringify(b.values))

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
