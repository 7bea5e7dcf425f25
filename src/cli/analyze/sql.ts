import { readFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { systemClock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus, OutRecord } from '../../bus/bus.ts'
import { dlqRecord, dlqTopic } from '../../events/dlq.ts'
import type { Plan } from '../../query/plan/nodes.ts'
import { connectorOf } from '../../query/plan/plan-scan.ts'
import { build, type Pipeline } from '../../query/run/build.ts'
import { runBusJob } from '../../query/run/bus-job.ts'
import { DataGenerator } from '../../query/run/datagen.ts'
import { filesAt, runFiles } from '../../query/run/run-files.ts'
import type { ScanInput } from '../../query/run/scan-input.ts'
import { type PlannedQuery, ScriptSession } from '../../query/script/script-session.ts'
import { FileSink } from '../../query/sinks/file-sink.ts'
import { Blackhole, changelogLine, LineSink, lineBytes, objectLine, printLine, type Sink } from '../../query/sinks/sink.ts'
import { TopicSink } from '../../query/sinks/topic-sink.ts'
import { parseScript } from '../../query/sql/parse-script.ts'
import { TableSink } from './table-sink.ts'
import { topicTables } from './tables.ts'

export interface SqlOptions {
  readonly text: string
  /** Files that stand in for topics, by topic. */
  readonly inputs: ReadonlyMap<string, string>
  readonly output: 'ndjson' | 'json-rows' | 'table'
  /** Topics are read to the ends that they have now. */
  readonly untilEnd: boolean
  readonly start: 'earliest' | 'latest' | { readonly timestamp: number }
  /** Name of the job that an INSERT INTO a topic is. */
  readonly job?: string | undefined
  readonly idleTimeout: number
}

export interface SqlEnvironment {
  /** The bus, opened when a topic is read or written. */
  readonly open: () => Promise<Bus>
  readonly stdout: Writable
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly columns: number | undefined
}

/** What a run has counted. */
export interface SqlSummary {
  records: number
  bad: number
  late: number
}

/** Runs a script: its INSERTs as jobs, its last SELECT to stdout. */
export async function runSql(options: SqlOptions, environment: SqlEnvironment): Promise<SqlSummary> {
  const script = parseScript(options.text)
  const session = new ScriptSession({ now: Date.now, random: Math.random }, await topicTables(options.text, options.inputs))
  const queries: PlannedQuery[] = []
  for (const statement of script.statements) queries.push(...session.run(statement))
  const selects = queries.filter(({ sink }) => !sink)
  if (queries.length === 0) {
    throw new ShitopsError('SHITOPS_E_SQL_PLAN', 'the script has nothing to run: no SELECT and no INSERT INTO', {
      suggestions: ['add a SELECT at its end'],
    })
  }
  if (selects.length > 1) environment.logger.warn(`only the rows of the last SELECT are shown, and the script has ${selects.length}`)
  const wanted = queries.filter((query) => query.sink !== undefined || query === selects.at(-1))
  const run = new SqlRun(options, environment, session)
  const endless: PlannedQuery[] = []
  for (const query of wanted) {
    if (run.ends(query.plan)) await run.query(query)
    else endless.push(query)
  }
  await Promise.all(endless.map((query) => run.query(query)))
  return run.summary
}

class SqlRun {
  readonly summary: SqlSummary = { records: 0, bad: 0, late: 0 }
  readonly #options: SqlOptions
  readonly #environment: SqlEnvironment
  readonly #session: ScriptSession
  #bus: Promise<Bus> | undefined

  constructor(options: SqlOptions, environment: SqlEnvironment, session: ScriptSession) {
    this.#options = options
    this.#environment = environment
    this.#session = session
  }

  /** Whether a query comes to an end by itself. */
  ends(plan: Plan): boolean {
    if (plan.step === 'scan') {
      if (sourceOf(plan.table.options, connectorOf(plan.table)) === 'topic')
        return this.#options.untilEnd || plan.table.options.has('scan.bounded.mode')
      return connectorOf(plan.table) !== 'datagen' || Number.isFinite(new DataGenerator(plan.table, Math.random, Date.now).rows)
    }
    const inputs = 'inputs' in plan ? plan.inputs : 'left' in plan ? [plan.left, plan.right] : 'input' in plan ? [plan.input] : []
    return inputs.every((input) => this.ends(input))
  }

  async query(query: PlannedQuery): Promise<void> {
    const sink = await this.#sink(query)
    const late = { rows: 0 }
    const make = (): Pipeline => {
      return build(query.plan, sink, {
        session: this.#session.session,
        onLate: () => {
          late.rows++
        },
      })
    }
    try {
      await this.#run(query, make, sink)
    } finally {
      if ('close' in sink) await sink.close()
    }
    this.summary.late += late.rows
    if (late.rows > 0)
      this.#environment.logger.warn(`${query.sink?.name ?? 'SELECT'}: ${late.rows} rows came behind the watermark and were left out`)
  }

  async #run(query: PlannedQuery, make: () => Pipeline, sink: Sink | TopicSink): Promise<void> {
    const { signal } = this.#environment
    const first = make()
    const topics = first.scans.filter((scan) => sourceOf(scan.table.options, connectorOf(scan.table)) === 'topic')
    const files = first.scans.filter((scan) => !topics.includes(scan))
    const drain = async () => {
      if (sink instanceof TopicSink) await this.#append(sink)
      else if (sink.pending > 1 << 16) await sink.flush()
    }
    const enough = () => sink instanceof LineSink && sink.closed
    const feed = (pipeline: Pipeline, scans: readonly ScanInput[] | undefined) =>
      runFiles(pipeline, {
        filesOf: (scan) => this.#filesOf(scan),
        onBad: (bad) => this.#bad(`${bad.file}, line ${bad.line}`, bad.reason),
        signal,
        drain,
        enough,
        ...(scans && { scans }),
      })
    if (topics.length === 0) {
      const { records, bad } = await feed(first, undefined)
      this.summary.records += records
      this.summary.bad += bad
      return drain().then(() => ('flush' in sink ? sink.flush() : undefined))
    }
    const bus = await this.#open()
    const durable = sink instanceof TopicSink
    let pipeline: Pipeline | undefined = first
    const stats = await runBusJob({
      bus,
      clock: systemClock,
      job: this.#options.job ?? `sql-${query.sink?.name ?? 'select'}`,
      create: () => {
        const made = pipeline ?? make()
        pipeline = undefined
        return {
          pipeline: made,
          shape: this.#options.text,
          take: () => (sink instanceof TopicSink ? sink.take().map((record) => ({ topic: sink.topic, ...record })) : []),
        }
      },
      topicOf: (scan) =>
        sourceOf(scan.table.options, connectorOf(scan.table)) === 'topic'
          ? (scan.table.options.get('topic') ?? scan.table.name)
          : undefined,
      prepare: async (made) => {
        if (files.length > 0)
          await feed(
            made,
            made.scans.filter((scan) => sourceOf(scan.table.options, connectorOf(scan.table)) !== 'topic'),
          )
      },
      start: this.#options.start,
      untilEnd: this.ends(query.plan),
      ephemeral: !durable,
      ...(!durable && { flush: () => sink.flush(), full: () => sink.pending > 1 << 16 }),
      enough,
      signal,
      idleTimeout: this.#options.idleTimeout,
      onBad: ({ topic, offset, partition, reason, batch, index }) => {
        this.#bad(`${topic}/${partition} offset ${offset}`, reason)
        if (!durable) return undefined
        const { key, value, timestamp, headers } = batch.record(index)
        return {
          topic: dlqTopic(topic),
          ...dlqRecord(topic, { key, value, timestamp, headers, partition, offset }, { code: 'decode_error', message: reason }, timestamp),
        }
      },
    })
    this.summary.records += stats.records
    this.summary.bad += stats.bad
  }

  /** Bad input is counted, and the first of it shown. */
  #bad(place: string, reason: string): void {
    if (this.summary.bad < 5) this.#environment.logger.warn(`${place}: a record cannot be read and is left out: ${reason}`)
    this.summary.bad++
  }

  async #append(sink: TopicSink): Promise<void> {
    const records: OutRecord[] = sink.take()
    if (records.length > 0) await (await this.#open()).append(sink.topic, records)
  }

  async #filesOf(scan: ScanInput): Promise<readonly string[] | DataGenerator> {
    const { table } = scan
    if (connectorOf(table) === 'datagen') return new DataGenerator(table, Math.random, Date.now)
    const path = table.options.get('shitops.file') ?? table.options.get('path')
    if (path === undefined) throw new ShitopsError('SHITOPS_E_SQL_PLAN', `table ${table.name}: the filesystem connector needs 'path'`)
    try {
      return await filesAt(path)
    } catch (error) {
      throw new ShitopsError('SHITOPS_E_FILE', `table ${table.name}: ${path} cannot be read`, {
        cause: error,
        suggestions: ["check 'path' in its CREATE TABLE, or --input"],
      })
    }
  }

  async #sink(query: PlannedQuery): Promise<Sink | TopicSink> {
    const { sink, plan } = query
    const write = (text: string) => writeText(this.#environment.stdout, text)
    if (!sink) {
      const { output } = this.#options
      if (output === 'table') return new TableSink(plan.columns, write, this.#environment.columns)
      return new LineSink(output === 'ndjson' ? changelogLine(plan.columns) : objectLine(plan.columns), write)
    }
    switch (connectorOf(sink)) {
      case 'blackhole':
        return new Blackhole()
      case 'print':
        return new LineSink(printLine(plan.columns, sink.options.get('print-identifier') ?? ''), write)
      case 'filesystem': {
        const folder = sink.options.get('path')?.replace(/^file:(\/\/)?/, '')
        if (folder === undefined) throw new ShitopsError('SHITOPS_E_SQL_PLAN', `table ${sink.name}: the filesystem connector needs 'path'`)
        return new FileSink(lineBytes(sink, plan.columns), folder, `part-${process.pid}-${Date.now()}.json`)
      }
      case 'kafka':
      case 'upsert-kafka':
        return new TopicSink(sink, plan.columns)
      default:
        throw new ShitopsError(
          'SHITOPS_E_SQL_PLAN',
          `table ${sink.name}: nothing can be written with 'connector' = '${connectorOf(sink)}'`,
          {
            suggestions: ['kafka, upsert-kafka, filesystem, print and blackhole can be written'],
          },
        )
    }
  }

  #open(): Promise<Bus> {
    this.#bus ??= this.#environment.open()
    return this.#bus
  }
}

function sourceOf(options: ReadonlyMap<string, string>, connector: string): 'topic' | 'local' {
  return options.has('shitops.file') || (connector !== 'kafka' && connector !== 'upsert-kafka') ? 'local' : 'topic'
}

/** @returns false when the reader has closed the pipe: it has seen enough */
function writeText(stream: Writable, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) resolve(true)
      else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false)
      else reject(new ShitopsError('SHITOPS_E_FILE', 'the output cannot be written', { cause: error }))
    })
  })
}

/** The script of a file, or of stdin as `-`. */
export async function readSqlText(file: string): Promise<string> {
  if (file === '-') {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  }
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_FILE', `${file} cannot be read`, { cause: error })
  }
}
