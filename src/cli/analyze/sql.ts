import { readFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { systemClock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus, OutRecord } from '../../bus/bus.ts'
import { Limit } from '../../query/operators/limit.ts'
import { isPartitionLocal } from '../../query/plan/locality.ts'
import type { Plan } from '../../query/plan/nodes.ts'
import { connectorOf } from '../../query/plan/plan-scan.ts'
import { MAX_ADVANCE_KEY, maxAdvanceOf } from '../../query/plan/settings.ts'
import type { Table } from '../../query/plan/table.ts'
import { build, type Pipeline } from '../../query/run/build.ts'
import { type BadRecord, type Jump, runBusJob } from '../../query/run/bus-job.ts'
import { DataGenerator } from '../../query/run/datagen.ts'
import { deadLetter } from '../../query/run/dead-letter.ts'
import { forgetJob, readCommits } from '../../query/run/job-state.ts'
import { type JobUnit, runUnits } from '../../query/run/job-units.ts'
import { lateTopic } from '../../query/run/late-record.ts'
import { type DrainTo, together } from '../../query/run/meeting.ts'
import { filesAt, runFiles } from '../../query/run/run-files.ts'
import type { ScanInput } from '../../query/run/scan-input.ts'
import { type PlannedQuery, ScriptSession } from '../../query/script/script-session.ts'
import { FileSink } from '../../query/sinks/file-sink.ts'
import { Blackhole, changelogLine, LineSink, lineBytes, objectLine, printLine, type Sink } from '../../query/sinks/sink.ts'
import { TopicSink } from '../../query/sinks/topic-sink.ts'
import { parseScript } from '../../query/sql/parse-script.ts'
import { createJobTopics, durableQuery, tablesOf, topicOfTable } from './durable-query.ts'
import { type JobPart, partsOf, SPLIT_KEY } from './job-parts.ts'
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
  /** Forget what the jobs remember and begin afresh. */
  readonly reset?: boolean
  readonly idleTimeout: number
}

export interface SqlEnvironment {
  /** The bus, opened when a topic is read or written. */
  readonly open: () => Promise<Bus>
  /** Where the rows of a SELECT go, */
  readonly rows: Writable
  /** and what the print connector prints. */
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
  /** Records too far ahead of their partition to move its watermark. */
  jumps: number
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
  const run = new SqlRun(options, environment, session, wanted)
  const endless: PlannedQuery[] = []
  for (const query of wanted) {
    if (!run.ends(query.plan)) endless.push(query)
    else if (run.isDurable(query)) await run.jobOnce(query)
    else await run.query(query)
  }
  const durable = endless.filter((query) => run.isDurable(query))
  const shown = endless.filter((query) => !durable.includes(query))
  await Promise.all([run.jobs(durable), ...shown.map((query) => run.query(query))])
  return run.summary
}

class SqlRun {
  readonly summary: SqlSummary = { records: 0, bad: 0, late: 0, jumps: 0 }
  readonly #options: SqlOptions
  readonly #environment: SqlEnvironment
  readonly #session: ScriptSession
  readonly #names = new Map<PlannedQuery, string>()
  #bus: Promise<Bus> | undefined

  constructor(options: SqlOptions, environment: SqlEnvironment, session: ScriptSession, queries: readonly PlannedQuery[]) {
    this.#options = options
    this.#environment = environment
    this.#session = session
    this.#nameJobs(queries.filter((query) => this.isDurable(query)))
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
    const topics = first.scans.filter((scan) => !isLocal(scan))
    const files = first.scans.filter(isLocal)
    const drain = async () => {
      if (sink instanceof TopicSink) await this.#append(sink)
      else if (sink.pending > 0) await sink.flush()
    }
    let limit = topLimit(query.plan, first)
    const enough = () => (sink instanceof LineSink && sink.closed) || limit?.full === true
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
      const { records } = await feed(first, undefined)
      this.summary.records += records
      return drain().then(() => ('flush' in sink ? sink.flush() : undefined))
    }
    const bus = await this.#open()
    if (sink instanceof TopicSink) throw new Error('a query from topic to topic is a job')
    let pipeline: Pipeline | undefined = first
    const stats = await runBusJob({
      ...this.#common(query, signal),
      bus,
      job: 'select',
      create: () => {
        const made = pipeline ?? make()
        pipeline = undefined
        limit = topLimit(query.plan, made)
        return { pipeline: made, shape: '', take: () => [] }
      },
      prepare: async (made) => {
        if (files.length > 0) await feed(made, made.scans.filter(isLocal))
      },
      ephemeral: true,
      flush: () => sink.flush(),
      full: () => sink.pending > 1 << 16,
      enough,
      onBad: (bad) => this.#badRecord(bad),
    })
    this.summary.records += stats.records
  }

  /** From topic to topic: what it reads, remembers and writes is committed together. */
  isDurable({ plan, sink }: PlannedQuery): boolean {
    if (!sink || !['kafka', 'upsert-kafka'].includes(connectorOf(sink))) return false
    return tablesOf(plan).some(({ options, ...table }) => sourceOf(options, connectorOf({ options, ...table })) === 'topic')
  }

  /** A job that ends with its input: one process at a time. */
  async jobOnce(query: PlannedQuery): Promise<void> {
    const bus = await this.#open()
    await createJobTopics(bus, [query.sink as Table])
    const parts = await this.#parts(bus, query)
    await together(parts.length, (drainTo, i) => this.#job(query, parts[i] as JobPart, bus, this.#environment.signal, drainTo))
  }

  /** `<job>/<topic>`, numbered where several queries write to a topic. */
  #nameJobs(queries: readonly PlannedQuery[]): void {
    const counts = new Map<string, number>()
    for (const query of queries) {
      const topic = topicOfTable(query.sink as Table)
      const count = (counts.get(topic) ?? 0) + 1
      counts.set(topic, count)
      this.#names.set(query, `${this.#options.job ?? 'sql'}/${topic}${count === 1 ? '' : `-${count}`}`)
    }
  }

  #nameOf(query: PlannedQuery): string {
    return this.#names.get(query) as string
  }

  /** Queries that are jobs, shared with the other processes that run jobs of this name. */
  async jobs(queries: readonly PlannedQuery[]): Promise<void> {
    if (queries.length === 0) return
    const { logger, signal, open } = this.#environment
    const bus = await this.#open()
    await createJobTopics(
      bus,
      queries.map(({ sink }) => sink as Table),
    )
    const job = this.#options.job ?? 'sql'
    const units: JobUnit[] = []
    for (const query of queries)
      for (const part of await this.#parts(bus, query))
        units.push({ name: part.name, run: (own, stop) => this.#job(query, part, own, stop) })
    const onUnits = (names: readonly string[]) =>
      logger.info(names.length > 0 ? `runs here: ${names.join(', ')}` : 'stands by: other processes run this job')
    await runUnits({ bus, open, job, units, clock: systemClock, logger, signal, onUnits })
  }

  async #parts(bus: Bus, query: PlannedQuery): Promise<JobPart[]> {
    const name = this.#nameOf(query)
    if (this.#options.reset) await forgetJob(bus, name, systemClock)
    const local = this.#session.settings.get(SPLIT_KEY) !== 'false' && isPartitionLocal(query.plan)
    return partsOf(bus, query.plan, name, local, (await readCommits(bus, systemClock)).keys())
  }

  async #job(query: PlannedQuery, part: JobPart, bus: Bus, signal: AbortSignal, drainTo?: DrainTo): Promise<void> {
    const { name, partitions, siblings } = part
    const { logger } = this.#environment
    const sink = query.sink as Table
    const stats = await runBusJob({
      ...this.#common(query, signal),
      bus,
      job: name,
      ...(partitions && { partitions }),
      ...(siblings && { siblings }),
      ...(drainTo && { drainTo }),
      create: () => durableQuery(query.plan, sink, this.#session.session),
      prepare: async (made) => {
        const scans = made.scans.filter(isLocal)
        const onBad = (bad: { file: string; line: number; reason: string }) => this.#bad(`${bad.file}, line ${bad.line}`, bad.reason)
        if (scans.length > 0) await runFiles(made, { filesOf: (scan) => this.#filesOf(scan), onBad, signal, scans })
      },
      onBad: (bad) => {
        this.#badRecord(bad)
        return deadLetter(bad)
      },
    })
    this.summary.records += stats.records
    this.summary.late += stats.late
    if (stats.late > 0) logger.warn(`${name}: ${stats.late} rows came behind the watermark; they are in ${lateTopic(topicOfTable(sink))}`)
  }

  /** What all runs over topics have in common. */
  #common(query: PlannedQuery, signal: AbortSignal) {
    return {
      clock: systemClock,
      topicOf: (scan: ScanInput) => (isLocal(scan) ? undefined : topicOfTable(scan.table)),
      start: this.#options.start,
      untilEnd: this.ends(query.plan),
      signal,
      idleTimeout: this.#options.idleTimeout,
      maxAdvance: maxAdvanceOf(this.#session.settings),
      onJump: (jump: Jump) => this.#jump(jump),
    }
  }

  /** Records that are far ahead of their partition are counted, and the first of them shown. */
  #jump({ topic, partition, mark, current }: Jump): void {
    if (this.summary.jumps++ >= 5) return
    const ahead = `its time is ${new Date(mark).toISOString()}, and the partition is at ${new Date(current).toISOString()}`
    this.#environment.logger.warn(`${topic}/${partition}: a record does not move the watermark: ${ahead} (SET '${MAX_ADVANCE_KEY}')`)
  }

  #badRecord({ topic, partition, offset, reason }: BadRecord): undefined {
    this.#bad(`${topic}/${partition} offset ${offset}`, reason)
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
      const show = (text: string) => writeText(this.#environment.rows, text)
      if (output === 'table') return new TableSink(plan.columns, show, this.#environment.columns)
      return new LineSink(output === 'ndjson' ? changelogLine(plan.columns) : objectLine(plan.columns), show)
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

/** The LIMIT through which every row of a result comes: when it is full, the result is whole, whatever else there is to read. */
function topLimit(plan: Plan, { steps }: Pipeline): Limit | undefined {
  let top = plan
  while (top.step === 'calc') top = top.input
  if (top.step !== 'limit') return undefined
  const limits = steps.filter(({ operator }) => operator instanceof Limit).sort((a, b) => a.id.length - b.id.length)
  return limits[0]?.operator as Limit | undefined
}

const isLocal = ({ table }: ScanInput): boolean => sourceOf(table.options, connectorOf(table)) === 'local'

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
