import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'
import { INSIGHT_OUTPUTS } from '../../alerts/insight-sink.ts'
import { runNotifier } from '../../alerts/notify/run-notifier.ts'
import { type AlertSettings, tellsAnybody } from '../../alerts/notify/settings.ts'
import { type InsightJobStats, runInsights } from '../../alerts/run-insights.ts'
import { systemClock } from '../../base/clock.ts'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import type { AlertLogEntry } from '../../events/event-types.ts'
import { dlqTopic } from '../../events/index.ts'
import { selectInsights } from '../../insights/library.ts'
import { planInsight } from '../../insights/plan.ts'
import type { JobOutput } from '../../query/run/bus-job.ts'
import { forgetJob, JOB_STATE_SPEC } from '../../query/run/job-state.ts'
import { topicsNamed } from '../../query/topics/topic-tables.ts'
import { paint } from '../color.ts'
import { formatTime } from '../times.ts'
import { startOf } from './start.ts'

/** The flags as typed. */
export interface AnalyzeFlags {
  insight?: string[] | undefined
  from?: string | undefined
  'until-end': boolean
  notify?: boolean | undefined
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
  /** Who is told; nobody when absent. */
  readonly alerts?: AlertSettings
  readonly env?: NodeJS.ProcessEnv
}

/** What a run has done. */
export interface AnalyzeResult extends InsightJobStats {
  job: string
  insights: string[]
  rows: number
  fired: number
  resolved: number
}

/** Runs insights over the bus until the end of the input, or until it is told to stop. */
export async function runAnalyze(flags: AnalyzeFlags, environment: AnalyzeEnvironment): Promise<AnalyzeResult> {
  const { open, stdout, logger, json } = environment
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
  const result: AnalyzeResult = {
    job,
    insights: insights.map(({ name }) => name),
    rows: 0,
    fired: 0,
    resolved: 0,
    events: 0,
    late: 0,
    unreadable: 0,
  }
  const tell = (line: string) => {
    if (!json) stdout.write(line)
  }
  const onOutputs = (outputs: readonly JobOutput[]) => {
    for (const { topic, value } of outputs) {
      if (topic === 'insights') result.rows++
      if (topic !== 'alert_log' || value === null) continue
      const entry = JSON.parse(String(value)) as AlertLogEntry
      if (entry.transition === 'firing') result.fired++
      if (entry.transition === 'resolved') result.resolved++
      if (flags.output === 'ndjson') tell(`${String(value)}\n`)
      else if (entry.transition === 'firing' || entry.transition === 'resolved') tell(lineOf(entry, flags.utc))
    }
  }
  const stats = await besideNotifier(flags, environment, (signal) =>
    runInsights({
      ...{ bus, clock: systemClock, logger, planned, job, start, idleTimeout, signal, onOutputs },
      untilEnd: flags['until-end'],
    }),
  )
  Object.assign(result, stats)
  const { rows, fired, resolved, events, late, unreadable } = result
  logger.info(
    `${events} records, ${rows} rows, ${fired} alerts fired, ${resolved} resolved, ${late} rows late, ${unreadable} records unreadable`,
  )
  return result
}

/** Runs the insights, and where there is somebody to tell the notifier beside them. When one of the two ends, so does the other. */
async function besideNotifier<T>(
  flags: AnalyzeFlags,
  { open, logger, signal, alerts = {}, env = {} }: AnalyzeEnvironment,
  insights: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // What is over already is nobody's alarm: a run over the past tells nobody unless it is asked to.
  if (!(flags.notify ?? !flags['until-end']) || !tellsAnybody(alerts)) return insights(signal)
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const end = () => over.abort()
  const telling = runNotifier({ ...{ bus: await open(), open, settings: alerts, env, clock: systemClock, logger, signal: either } })
  const [stats] = await Promise.all([insights(either).finally(end), telling.finally(end)])
  return stats
}

/** All of them are one job; a selection is another, so that each has its own place in the input. */
function jobOf(names: readonly string[] | undefined): string {
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

function lineOf({ event_time, transition, alert_name, subject, summary }: AlertLogEntry, utc: boolean): string {
  const what = transition === 'firing' ? paint.error('FIRING  ') : paint.good('RESOLVED')
  return `${formatTime(Date.parse(event_time), utc)}  ${what}  ${paint.strong(alert_name)} ${subject}${transition === 'firing' ? `: ${summary ?? ''}` : ''}\n`
}

function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} "${text}" is no duration: ${DURATION_FORMS}`, { suggestions: [`--${flag} 5s`] })
}
