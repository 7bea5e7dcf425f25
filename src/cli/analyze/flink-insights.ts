import { INSIGHT_OUTPUTS } from '../../alerts/insight-sink.ts'
import { runInsights } from '../../alerts/run-insights.ts'
import { systemClock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import { plural } from '../../base/plural.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { dlqTopic } from '../../events/index.ts'
import { DEFAULT_PARTITIONS } from '../../events/topics.ts'
import { type InsightScriptOptions, insightStatements } from '../../insights/flink/script.ts'
import { selectInsights } from '../../insights/library.ts'
import { type PlannedInsight, planInsight } from '../../insights/plan.ts'
import { topicsNamed } from '../../query/topics/topic-tables.ts'
import { brokersOf } from './flink-brokers.ts'
import { FlinkInsights, insightScript } from './flink-job.ts'
import { type AnalyzeResult, InsightReport, jobOf } from './insight-report.ts'
import { type AnalyzeEnvironment, type AnalyzeFlags, durationOf } from './insights.ts'
import { startOf } from './start.ts'

export interface FlinkAnalyzeFlags extends AnalyzeFlags {
  gateway: string
  detach: boolean
  'dry-run': boolean
  savepoint?: string | undefined
  functions?: string | undefined
}

/**
 * The insights on a Flink cluster: their queries run there and write `insights`, one job for all; alerts are made of these here, as long as this
 * runs. A job of the name that runs already is taken up, not started again.
 */
export async function analyzeOnFlink(
  flags: FlinkAnalyzeFlags,
  busUrl: string,
  environment: AnalyzeEnvironment,
): Promise<AnalyzeResult | { script: string }> {
  const { stdout, logger, signal, json } = environment
  if (flags.reset) {
    throw new ShitopsError('SHITOPS_E_USAGE', '--reset is for jobs that run here: on Flink a job begins afresh under another name', {
      suggestions: ['--job NAME', 'shitops analyze jobs ID --stop, and --savepoint to go on with what it knew'],
    })
  }
  const insights = await selectInsights(flags.insight)
  const disorderSeconds = Math.ceil(durationOf('disorder', flags.disorder) / 1000)
  const planned = await Promise.all(insights.map((insight) => planInsight(insight, { disorderSeconds })))
  const job = flags.job ?? nameOf(flags, planned)
  const options: InsightScriptOptions = {
    job,
    brokers: brokersOf(busUrl),
    partitions: DEFAULT_PARTITIONS,
    disorderSeconds,
    idleSeconds: Math.max(1, Math.ceil(durationOf('idle-timeout', flags['idle-timeout']) / 1000)),
    untilEnd: flags['until-end'],
    from: fromOf(flags),
    ...(flags.savepoint !== undefined && { savepoint: flags.savepoint }),
    ...(flags.functions !== undefined && { functionsJar: flags.functions }),
  }
  if (flags['dry-run']) {
    const script = await insightScript(planned, options)
    if (!json) stdout.write(script)
    return { script }
  }
  const bus = await environment.open()
  const topics = [...new Set(insights.flatMap(({ sql }) => topicsNamed(sql)))]
  await createMissing(bus, [...topics, ...INSIGHT_OUTPUTS, ...INSIGHT_OUTPUTS.slice(0, 1).map(dlqTopic)])
  const report = new InsightReport(
    job,
    insights.map(({ name }) => name),
    { ...flags, stdout, json },
  )
  const { result } = report
  const flink = await FlinkInsights.open(flags.gateway, job, logger)
  try {
    if (await flink.attach()) logger.info(`job ${flink.jobId} runs already, and is taken up`)
    else {
      const partitions = (await bus.offsets('insights')).length
      await flink.start(await insightStatements(planned, { ...options, partitions }), signal)
      logger.info(
        `job ${flink.jobId} runs ${plural(insights.length, 'insight')} as ${job}: shitops analyze jobs --gateway ${flags.gateway}`,
      )
    }
    result.flinkJob = flink.jobId
    if (flags.detach) return result
    await judge(flink, planned, bus, flags, report, environment)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await flink.close()
  }
  if (signal.aborted && flink.jobId !== '')
    logger.info(`job ${flink.jobId} goes on: shitops analyze jobs ${flink.jobId} --stop --yes --gateway ${flags.gateway}`)
  logger.info(report.summary)
  return result
}

/** Rows of the job become alerts: beside the job, or with --until-end once it has finished. */
async function judge(
  flink: FlinkInsights,
  planned: readonly PlannedInsight[],
  bus: Bus,
  flags: FlinkAnalyzeFlags,
  report: InsightReport,
  { logger, signal }: AnalyzeEnvironment,
): Promise<void> {
  const untilEnd = flags['until-end']
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const sleep = (ms: number, until: AbortSignal) => systemClock.sleep(ms, until)
  const run = () =>
    runInsights({
      bus,
      clock: systemClock,
      logger,
      planned,
      job: `flink.${report.result.job}`,
      flinkJob: report.result.job,
      // Its own rows only, whatever else is in the topic.
      start: 'earliest',
      idleTimeout: durationOf('idle-timeout', flags['idle-timeout']),
      signal: both,
      untilEnd,
      onOutputs: (outputs) => report.wrote(outputs),
    })
  if (untilEnd) {
    await flink.watch(true, signal, sleep)
    if (!signal.aborted) report.ended(await run())
    return
  }
  const watched = flink.watch(false, both, sleep).finally(() => stop.abort())
  try {
    report.ended(await run())
  } finally {
    stop.abort()
    await watched
  }
}

/** A run over what is there is a job of its own each time: it reads all of it again, and its rows must not be those of another. */
function nameOf(flags: FlinkAnalyzeFlags, planned: readonly PlannedInsight[]): string {
  const name = jobOf(flags.insight === undefined ? undefined : planned.map(({ insight }) => insight.name))
  return flags['until-end'] ? `${name}.${new Date(systemClock.now()).toISOString().replace(/[-:.]/g, '')}` : name
}

function fromOf(flags: FlinkAnalyzeFlags): NonNullable<InsightScriptOptions['from']> {
  const start = startOf(flags.from ?? (flags['until-end'] ? 'start' : 'end'), systemClock.now())
  if (typeof start === 'object') return start
  return start === 'earliest' ? 'beginning' : 'end'
}
