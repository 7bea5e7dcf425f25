import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'
import { INSIGHT_OUTPUTS } from '../../alerts/insight-sink.ts'
import { runInsights } from '../../alerts/run-insights.ts'
import { systemClock } from '../../base/clock.ts'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { dlqTopic } from '../../events/index.ts'
import { selectInsights } from '../../insights/library.ts'
import { planInsight } from '../../insights/plan.ts'
import { forgetJob, JOB_STATE_SPEC } from '../../query/run/job-state.ts'
import { topicsNamed } from '../../query/topics/topic-tables.ts'
import { type AnalyzeResult, nothingYet, summaryOf, tellAlerts } from './alert-lines.ts'
import { startOf } from './start.ts'

/** The flags as typed. */
export interface AnalyzeFlags {
  insight?: string[] | undefined
  from?: string | undefined
  'until-end': boolean
  disorder: string
  'idle-timeout': string
  job?: string | undefined
  reset: boolean
  yes: boolean
  output: 'text' | 'ndjson'
  utc: boolean
  quiet?: boolean | undefined
}

export interface AnalyzeEnvironment {
  readonly open: () => Promise<Bus>
  readonly stdout: Writable
  readonly logger: Logger
  readonly signal: AbortSignal
  /** Nothing is printed but the result, by the command. */
  readonly json: boolean
}

/** Runs insights over the bus until the end of the input, or until it is told to stop. */
export async function runAnalyze(flags: AnalyzeFlags, { open, stdout, logger, signal, json }: AnalyzeEnvironment): Promise<AnalyzeResult> {
  const insights = await selectInsights(flags.insight)
  const disorderSeconds = Math.ceil(durationOf('disorder', flags.disorder) / 1000)
  const idleTimeout = Math.max(1, durationOf('idle-timeout', flags['idle-timeout']))
  const start = startOf(flags.from ?? (flags['until-end'] ? 'start' : 'end'), systemClock.now())
  const planned = await Promise.all(insights.map((insight) => planInsight(insight, { disorderSeconds })))
  const job = flags.job ?? jobOf(flags.insight === undefined ? undefined : insights.map(({ name }) => name))
  const topics = [...new Set(insights.flatMap(({ sql }) => topicsNamed(sql)))]
  const bus = await open()
  if (flags.reset) await reset(bus, job, flags.yes)
  await createMissing(bus, [...topics, ...topics.map(dlqTopic), ...INSIGHT_OUTPUTS])
  logger.info(`${insights.length} insights over ${topics.length} topics, as job ${job}`)
  const result = nothingYet(job, insights)
  const onOutputs = tellAlerts(result, { ...flags, stdout, json })
  const stats = await runInsights({
    bus,
    clock: systemClock,
    logger,
    planned,
    job,
    start,
    idleTimeout,
    signal,
    untilEnd: flags['until-end'],
    onOutputs,
  })
  Object.assign(result, stats)
  logger.info(summaryOf(result))
  return result
}

/** All of them are one job; a selection is another, so that each has its own place in the input. */
export function jobOf(names: readonly string[] | undefined): string {
  if (names === undefined) return 'insights'
  const all = [...names].sort().join('+')
  return `insights.${all.length <= 80 ? all : createHash('sha256').update(all).digest('hex').slice(0, 16)}`
}

async function reset(bus: Bus, job: string, yes: boolean): Promise<void> {
  if (!yes) {
    throw new ShitopsError('SHITOPS_E_CONFIRM', `--reset forgets what job ${job} remembers and where it was`, {
      suggestions: ['--reset --yes does it', 'without --reset it goes on where it was'],
    })
  }
  if (!(await bus.listTopics()).includes(JOB_STATE_SPEC.name)) return
  await forgetJob(bus, job, systemClock)
}

/** A flag that is a duration, in ms. */
export function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} "${text}" is no duration: ${DURATION_FORMS}`, { suggestions: [`--${flag} 5s`] })
}
