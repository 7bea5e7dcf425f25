import type { Operator, Row } from '../../src/query/operators/operator.ts'
import { KIND_NAMES } from '../../src/query/operators/operator.ts'
import { build, type RunningStep } from '../../src/query/run/build.ts'
import { planScript } from './query.ts'

const TABLES = `CREATE TABLE m (id INT, k STRING, v DOUBLE, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '/nowhere', 'format' = 'json');
CREATE TABLE o (id INT, k STRING, v DOUBLE, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '/nowhere', 'format' = 'json');`

export interface Event {
  readonly id?: number
  readonly k?: string | null
  readonly v?: number | null
  readonly n?: number | null
  /** ms since the epoch */
  readonly ts: number
}

/** A query over tables m and o (id, k, v, n, ts; the watermark is the newest time), fed by hand: to look at what it holds. */
export class QueryUnderTest {
  /** `+[…]`, `-U[…]`, `+U[…]`, `-D[…]` in order. */
  readonly out: string[] = []
  readonly late: Row[] = []
  readonly steps: readonly RunningStep[]
  readonly #feed: (table: string, event: Event) => void
  readonly #end: () => void

  constructor(sql: string, settings = '') {
    const { query, session } = planScript(`${TABLES}\n${settings}\n${sql}`)
    const sink = {
      row: (kind: 0 | 1 | 2 | 3, row: Row) => void this.out.push(`${SIGNS[KIND_NAMES[kind]]}${JSON.stringify(row)}`),
      watermark: () => {},
    }
    const pipeline = build(query.plan, sink, { session: session.session, onLate: (row) => void this.late.push(row) })
    for (const values of pipeline.values) values.run()
    for (const scan of pipeline.scans) scan.watermarks.expect([0])
    this.steps = pipeline.steps
    const meta = { topic: '', partition: 0, offset: 0, timestamp: 0, key: null, headers: [] }
    this.#feed = (table, { ts, ...event }) => {
      const line = Buffer.from(JSON.stringify({ ...event, ts: new Date(ts).toISOString().replace('T', ' ').slice(0, -1) }))
      for (const scan of pipeline.scans) {
        if (scan.table.name !== table) continue
        const taken = scan.take(line, 0, line.length, meta)
        if (taken !== 'ok') throw new Error(taken.bad)
      }
    }
    this.#end = () => {
      for (const scan of pipeline.scans) scan.watermarks.end()
    }
  }

  m(event: Event): this {
    this.#feed('m', event)
    return this
  }

  o(event: Event): this {
    this.#feed('o', event)
    return this
  }

  end(): this {
    this.#end()
    return this
  }

  /** The operator of the first such step. */
  operator(step: RunningStep['plan']['step']): Operator {
    const found = this.steps.find(({ plan }) => plan.step === step)
    if (!found) throw new Error(`no step ${step} among ${this.steps.map(({ plan }) => plan.step).join(', ')}`)
    return found.operator
  }

  size(step: RunningStep['plan']['step']): number {
    return this.operator(step).size ?? 0
  }
}

const SIGNS: Readonly<Record<string, string>> = { INSERT: '+', UPDATE_BEFORE: '-U', UPDATE_AFTER: '+U', DELETE: '-D' }
