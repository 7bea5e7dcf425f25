import type { Operator, Row } from '../../../src/query/operators/operator.ts'
import { build } from '../../../src/query/run/build.ts'
import { planScript, TEST_SESSION } from '../../support/query.ts'

/** An event: `ts` in ms, `id` its place among them. */
export interface Event {
  readonly k: string
  readonly v: number
  readonly ts: number
}

const TABLE = `CREATE TABLE m (id INT, k STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '/nowhere', 'format' = 'json');`

const plans = new Map<string, ReturnType<typeof planScript>>()

/** Planned once: property tests run the same query hundreds of times. */
function planned(body: string): ReturnType<typeof planScript> {
  const known = plans.get(body) ?? planScript(`${TABLE}\nSELECT * FROM m MATCH_RECOGNIZE (${body}) AS t`)
  plans.set(body, known)
  return known
}

/** A MATCH_RECOGNIZE over table m (id, k, v, ts, p), fed by hand. */
export class MatchUnderTest {
  readonly out: Row[] = []
  readonly late: Row[] = []
  readonly operator: Operator
  readonly #input: Operator['inputs'][number]
  readonly #columns: readonly string[]

  /** @param body what stands in the parentheses of MATCH_RECOGNIZE */
  constructor(body: string, now: () => number = TEST_SESSION.now) {
    const { query, session } = planned(body)
    const sink = { row: (_kind: unknown, row: Row) => void this.out.push(row), watermark: () => {} }
    const onLate = (row: Row) => void this.late.push(row)
    const { steps } = build(query.plan, sink, { session: { ...session.session, now }, onLate })
    const step = steps.find(({ plan }) => plan.step === 'match')
    if (step?.plan.step !== 'match') throw new Error('the plan has no match')
    this.operator = step.operator
    this.#input = step.operator.inputs[0] as Operator['inputs'][number]
    this.#columns = step.plan.input.columns.map(({ name }) => name)
  }

  row(id: number, { k, v, ts }: Event): void {
    const values: Record<string, unknown> = { id, k, v, ts, p: ts }
    this.#input.row(
      0,
      this.#columns.map((name) => values[name]),
    )
  }

  watermark(ms: number): void {
    this.#input.watermark(ms)
  }

  /** All events, a watermark `delay` behind the latest behind each, then the end. */
  run(events: readonly Event[], delay = 0): Row[] {
    let latest = Number.NEGATIVE_INFINITY
    for (const [id, event] of events.entries()) {
      this.row(id, event)
      latest = Math.max(latest, event.ts)
      this.watermark(latest - delay)
    }
    this.watermark(Number.POSITIVE_INFINITY)
    return this.out
  }
}
