import { PROGRESS } from '../insights/flink/progress-sql.ts'
import { flinkSource } from '../insights/flink/script.ts'
import type { InsightRow, Value } from '../insights/insight.ts'
import { INSIGHT_SESSION, type PlannedInsight } from '../insights/plan.ts'
import { adds, type Downstream, type Row, type RowKind, UPDATE_BEFORE } from '../query/operators/operator.ts'
import { build, type RunningStep } from '../query/run/build.ts'
import type { JobOutput } from '../query/run/bus-job.ts'
import { ScriptSession } from '../query/script/script-session.ts'
import { parseScript } from '../query/sql/parse-script.ts'
import type { InsightQuery } from './insight-query.ts'
import { InsightSink } from './insight-sink.ts'

/**
 * How long rows that were due before a record of progress may be under way in other branches of the job, in seconds of the cluster's clock: longer
 * than from checkpoint to checkpoint, since what came before one in any branch is there when it is done.
 */
const UNDER_WAY_S = 15

const COLUMNS = [
  'event_time',
  'insight',
  'subject',
  'active',
  'observed',
  'window_start',
  'window_end',
  'labels',
  'details',
  'evidence',
] as const

/** Records of a Flink job in the topic `insights`: of each key the last one, so that a tombstone says what it takes away. */
const rowsOf = (job: string) => `
CREATE TABLE insight_rows (
  record_key STRING NOT NULL, event_time TIMESTAMP_LTZ(3), insight STRING, subject STRING, active BOOLEAN, observed DOUBLE,
  window_start STRING, window_end STRING, labels STRING, details STRING, evidence STRING,
  record_headers MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL,
  PRIMARY KEY (record_key) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka', 'topic' = 'insights', 'key.format' = 'raw', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY',
  'value.json.timestamp-format.standard' = 'ISO-8601'
);
SELECT ${COLUMNS.join(', ')} FROM insight_rows
WHERE DECODE(record_headers['ce_source'], 'UTF-8') = '${flinkSource(job).replaceAll("'", "''")}'`

/**
 * The half of insights on Flink that runs here: rows that the job `job` wrote to `insights` become alerts and their history, and conditions that
 * no row renews end. Its clock are the job's records of progress.
 *
 * @param finished the job has come to its end: nothing is judged before all of its rows were read
 */
export function flinkRowsQuery(planned: readonly PlannedInsight[], job: string, finished = false): InsightQuery {
  const outputs: JobOutput[] = []
  const sinks = new Map(planned.map((each) => [each.insight.name, new InsightSink(each, outputs, 'ends')]))
  const router = new FlinkRows(planned, sinks, finished ? Number.POSITIVE_INFINITY : UNDER_WAY_S)
  const session = new ScriptSession(INSIGHT_SESSION)
  const [query] = parseScript(rowsOf(job)).statements.flatMap((statement) => session.run(statement))
  if (!query) throw new Error('the table of insights has no query')
  const pipeline = build(query.plan, router, { session: session.session })
  const step: RunningStep = {
    id: 'flink/sink',
    plan: query.plan,
    operator: { inputs: [router], out: router, save: () => router.save(), load: (state) => router.load(state) },
    sources: [],
  }
  return {
    sinks,
    pipeline: { steps: [...pipeline.steps, step], scans: pipeline.scans, values: pipeline.values },
    shape: `${rowsOf(job)}\n${planned.map(({ insight: { name } }) => name).join('\n')}`,
    take: () => outputs.splice(0),
    finish: () => router.finish(),
  }
}

/** A record of progress. */
interface Progress {
  /** Event time, ms. */
  time: number
  /** When it was written, by the cluster's clock, s. */
  written: number
}

interface FlinkRowsState {
  waiting: Array<[number, Progress[]]>
  reached: Array<[number, number]>
  partitions: number
  sinks: Array<[string, unknown]>
}

/** Hands each row to its insight, and time to all of them. */
class FlinkRows implements Downstream {
  readonly #planned: ReadonlyMap<string, PlannedInsight>
  readonly #sinks: ReadonlyMap<string, InsightSink>
  /** By partition, progress that does not count yet. */
  #waiting = new Map<number, Progress[]>()
  /** By partition, how far time has come. */
  #reached = new Map<number, number>()
  #partitions = Number.POSITIVE_INFINITY
  readonly #underWay: number

  constructor(planned: readonly PlannedInsight[], sinks: ReadonlyMap<string, InsightSink>, underWay: number) {
    this.#underWay = underWay
    this.#planned = new Map(planned.map((each) => [each.insight.name, each]))
    this.#sinks = sinks
  }

  row(kind: RowKind, row: Row): void {
    if (kind === UPDATE_BEFORE) return
    const record = Object.fromEntries(COLUMNS.map((name, i) => [name, row[i] ?? null])) as Record<(typeof COLUMNS)[number], unknown>
    if (typeof record.event_time !== 'number' || typeof record.subject !== 'string') return
    if (record.insight === PROGRESS) {
      if (adds(kind)) this.#progress(record.event_time, jsonOf(record.details))
      return
    }
    const planned = this.#planned.get(String(record.insight))
    if (!planned) return
    const read = insightRowOf(planned, record)
    if (!adds(kind)) read.active = false
    this.#sinks.get(planned.insight.name)?.take(read)
  }

  /** The job tells of time in records. */
  watermark(): void {}

  /** The job has finished: nothing is under way. */
  finish(): void {
    for (const [partition, waiting] of this.#waiting) for (const { time } of waiting) this.#reach(partition, time)
    this.#waiting.clear()
    this.#advance()
  }

  save(): FlinkRowsState {
    return {
      waiting: structuredClone([...this.#waiting]),
      reached: [...this.#reached],
      partitions: this.#partitions,
      sinks: [...this.#sinks].map(([name, sink]) => [name, sink.save()]),
    }
  }

  load(state: unknown): void {
    const { waiting, reached, partitions, sinks } = state as FlinkRowsState
    this.#waiting = new Map(waiting)
    this.#reached = new Map(reached)
    this.#partitions = partitions
    for (const [name, saved] of sinks) this.#sinks.get(name)?.load(saved)
  }

  #progress(time: number, details: Record<string, unknown>): void {
    const { partition, partitions, written_s: written } = details
    if (typeof partition !== 'number' || typeof partitions !== 'number' || typeof written !== 'number') return
    this.#partitions = partitions
    const waiting = this.#waiting.get(partition) ?? []
    while (waiting[0] && waiting[0].written + this.#underWay <= written) this.#reach(partition, (waiting.shift() as Progress).time)
    waiting.push({ time, written })
    this.#waiting.set(partition, waiting)
    this.#advance()
  }

  #reach(partition: number, time: number): void {
    this.#reached.set(partition, Math.max(time, this.#reached.get(partition) ?? time))
  }

  /** Time is that of the partition that is furthest behind. */
  #advance(): void {
    if (this.#reached.size < this.#partitions) return
    const time = Math.min(...this.#reached.values())
    for (const sink of this.#sinks.values()) sink.watermark(time)
  }
}

/** A row as the query of its insight gave it, from its record. What its record tells once is in the values under the column's name again. */
function insightRowOf({ insight: { name, rows }, plan }: PlannedInsight, record: Readonly<Record<string, unknown>>): InsightRow {
  const time = record.event_time as number
  const labels = jsonOf(record.labels) as Record<string, string>
  const told: Record<string, unknown> = {
    ...jsonOf(record.details),
    ...labels,
    window_start: record.window_start,
    window_end: record.window_end,
    [rows.observed.column]: record.observed,
    [rows.time]: new Date(time).toISOString(),
    ...(rows.active !== undefined && { [rows.active]: record.active === true }),
  }
  // In the order of the columns: rows of one moment are taken in an order that depends on it.
  const values = Object.fromEntries(plan.columns.map((column) => [column.name, (told[column.name] ?? null) as Value]))
  const evidence = evidenceOf(record.evidence)
  return { insight: name, subject: record.subject as string, time, active: record.active === true, labels, values, evidence }
}

/** Flink gives the members of an object in the order of their names. */
function evidenceOf(text: unknown): NonNullable<InsightRow['evidence']> {
  const entries = typeof text === 'string' ? (JSON.parse(text) as NonNullable<InsightRow['evidence']>) : []
  return entries.map(({ topic, partition_id, record_offset, excerpt }) => ({ topic, partition_id, record_offset, excerpt }))
}

const jsonOf = (text: unknown): Record<string, unknown> => (typeof text === 'string' ? (JSON.parse(text) as Record<string, unknown>) : {})
