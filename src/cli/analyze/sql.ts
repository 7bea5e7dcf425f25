import { systemClock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import { plural } from '../../base/plural.ts'
import type { Bus, OutRecord } from '../../bus/bus.ts'
import { isPartitionLocal } from '../../query/plan/locality.ts'
import { maxAdvanceOf } from '../../query/plan/settings.ts'
import type { Table } from '../../query/plan/table.ts'
import { build, type Pipeline } from '../../query/run/build.ts'
import { type Jump, runBusJob } from '../../query/run/bus-job.ts'
import { deadLetter } from '../../query/run/dead-letter.ts'
import { forgetJob, readCommits } from '../../query/run/job-state.ts'
import { type JobUnit, runUnits } from '../../query/run/job-units.ts'
import { lateTopic } from '../../query/run/late-record.ts'
import { type DrainTo, together } from '../../query/run/meeting.ts'
import { runFiles } from '../../query/run/run-files.ts'
import type { ScanInput } from '../../query/run/scan-input.ts'
import { type PlannedQuery, ScriptSession } from '../../query/script/script-session.ts'
import { LineSink, type Sink } from '../../query/sinks/sink.ts'
import { TopicSink } from '../../query/sinks/topic-sink.ts'
import { parseScript } from '../../query/sql/parse-script.ts'
import { createJobTopics, durableQuery, topicOfTable } from './durable-query.ts'
import { type JobPart, partsOf, SPLIT_KEY } from './job-parts.ts'
import { SqlCounts, type SqlSummary } from './sql-counts.ts'
import type { SqlEnvironment, SqlOptions } from './sql-options.ts'
import { sinkOf } from './sql-sinks.ts'
import { ends, filesOf, isDurable, isLocal, topLimit } from './sql-sources.ts'
import { topicTables } from './tables.ts'

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
    if (!ends(query.plan, options.untilEnd)) endless.push(query)
    else if (isDurable(query)) await run.jobOnce(query)
    else await run.query(query)
  }
  const durable = endless.filter(isDurable)
  const shown = endless.filter((query) => !durable.includes(query))
  await Promise.all([run.jobs(durable), ...shown.map((query) => run.query(query))])
  return run.summary
}

class SqlRun {
  readonly #counts: SqlCounts
  readonly #options: SqlOptions
  readonly #environment: SqlEnvironment
  readonly #session: ScriptSession
  readonly #names = new Map<PlannedQuery, string>()
  #bus: Promise<Bus> | undefined

  constructor(options: SqlOptions, environment: SqlEnvironment, session: ScriptSession, queries: readonly PlannedQuery[]) {
    this.#options = options
    this.#environment = environment
    this.#session = session
    this.#counts = new SqlCounts(environment.logger)
    this.#nameJobs(queries.filter(isDurable))
  }

  get summary(): SqlSummary {
    return this.#counts.summary
  }

  async query(query: PlannedQuery): Promise<void> {
    const sink = sinkOf(query, { ...this.#environment, output: this.#options.output })
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
    this.#counts.summary.late += late.rows
    if (late.rows > 0)
      this.#environment.logger.warn(
        `${query.sink?.name ?? 'SELECT'}: ${plural(late.rows, 'row')} came behind the watermark and ${late.rows === 1 ? 'was' : 'were'} left out`,
      )
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
        filesOf,
        onBad: (bad) => this.#counts.bad(`${bad.file}, line ${bad.line}`, bad.reason),
        signal,
        drain,
        enough,
        ...(scans && { scans }),
      })
    if (topics.length === 0) {
      const { records } = await feed(first, undefined)
      this.#counts.summary.records += records
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
      onBad: (bad) => this.#counts.badRecord(bad),
    })
    this.#counts.summary.records += stats.records
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
    return partsOf(bus, query.plan, name, local, (await readCommits(bus)).keys())
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
        const onBad = (bad: { file: string; line: number; reason: string }) => this.#counts.bad(`${bad.file}, line ${bad.line}`, bad.reason)
        if (scans.length > 0) await runFiles(made, { filesOf, onBad, signal, scans })
      },
      onBad: (bad) => {
        this.#counts.badRecord(bad)
        return deadLetter(bad)
      },
    })
    this.#counts.summary.records += stats.records
    this.#counts.summary.late += stats.late
    if (stats.late > 0)
      logger.warn(
        `${name}: ${plural(stats.late, 'row')} came behind the watermark; ${stats.late === 1 ? 'it is' : 'they are'} in ${lateTopic(topicOfTable(sink))}`,
      )
  }

  /** What all runs over topics have in common. */
  #common(query: PlannedQuery, signal: AbortSignal) {
    return {
      clock: systemClock,
      topicOf: (scan: ScanInput) => (isLocal(scan) ? undefined : topicOfTable(scan.table)),
      start: this.#options.start,
      untilEnd: ends(query.plan, this.#options.untilEnd),
      signal,
      idleTimeout: this.#options.idleTimeout,
      maxAdvance: maxAdvanceOf(this.#session.settings),
      onJump: (jump: Jump) => this.#counts.jump(jump),
    }
  }

  async #append(sink: TopicSink): Promise<void> {
    const records: OutRecord[] = sink.take()
    if (records.length > 0) await (await this.#open()).append(sink.topic, records)
  }

  #open(): Promise<Bus> {
    this.#bus ??= this.#environment.open()
    return this.#bus
  }
}
