import type { Writable } from 'node:stream'
import type { AlertSettings } from '../../alerts/notify/settings.ts'
import { systemClock } from '../../base/clock.ts'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import type { Bus } from '../../bus/bus.ts'
import type { PlannedInsight } from '../../insights/plan.ts'
import { type JobUnit, runUnits } from '../../query/run/job-units.ts'
import { together } from '../../query/run/meeting.ts'
import { besideNotifier } from './beside-notifier.ts'
import { InsightFolder } from './insight-folder.ts'
import { type AnalyzeResult, InsightReport, jobOf, namesOfParts } from './insight-report.ts'
import { forgetInsights, type InsightUnitOptions, insightUnits, topicsOf } from './insight-units.ts'
import { startOf } from './start.ts'

/** The flags as typed. */
export interface AnalyzeFlags {
  insight?: string[] | undefined
  insights?: string | undefined
  from?: string | undefined
  'until-end': boolean
  notify?: boolean | undefined
  disorder: string
  'idle-timeout': string
  'max-advance': string
  split: boolean
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

/** Runs insights over the bus until the end of the input, or until it is told to stop. Processes that run the same job share its insights. */
export async function runAnalyze(flags: AnalyzeFlags, environment: AnalyzeEnvironment): Promise<AnalyzeResult> {
  const { open, stdout, logger, json } = environment
  const disorderSeconds = Math.ceil(durationOf('disorder', flags.disorder) / 1000)
  const advance = durationOf('max-advance', flags['max-advance'])
  const idleTimeout = Math.max(1, durationOf('idle-timeout', flags['idle-timeout']))
  const start = startOf(flags.from ?? (flags['until-end'] ? 'start' : 'end'), systemClock.now())
  const folder = new InsightFolder(flags.insight, flags.insights, { disorderSeconds })
  const planned = await folder.read()
  const names = planned.map(({ insight }) => insight.name)
  const job = flags.job ?? jobOf(flags.insight === undefined ? undefined : names)
  const bus = await open()
  if (flags.reset) await reset(bus, job, planned, flags.yes)
  logger.info(`${plural(names.length, 'insight')} over ${plural(topicsOf(planned).length, 'topic')}, as job ${job}`)
  const report = new InsightReport(job, names, { stdout, output: flags.output, utc: flags.utc, json })
  const options: InsightUnitOptions = {
    ...{ job, start, idleTimeout, logger, report },
    untilEnd: flags['until-end'],
    split: flags.split,
    maxAdvance: advance === 0 ? Number.POSITIVE_INFINITY : advance,
  }
  await besideNotifier(flags, environment, (signal) => {
    const within = { ...environment, signal }
    return flags['until-end'] ? toTheEnd(bus, planned, options, within) : follow(bus, planned, folder, options, within)
  })
  logger.info(report.summary)
  return report.result
}

async function toTheEnd(
  bus: Bus,
  planned: readonly PlannedInsight[],
  options: InsightUnitOptions,
  { signal }: AnalyzeEnvironment,
): Promise<void> {
  const units = await insightUnits(bus, planned, options)
  await together(units.length, async (drainTo, i) => units[i]?.run(bus, signal, drainTo))
}

async function follow(
  bus: Bus,
  planned: readonly PlannedInsight[],
  folder: InsightFolder,
  options: InsightUnitOptions,
  { open, logger, signal }: AnalyzeEnvironment,
): Promise<void> {
  const { job } = options
  const units = await insightUnits(bus, planned, options)
  const watch = (change: (units: readonly JobUnit[]) => void) => {
    let reading = Promise.resolve()
    const again = async () => {
      try {
        const next = await folder.readAgain(logger)
        const made = await insightUnits(bus, next, options)
        logger.info(`${plural(next.length, 'insight')}, read again`)
        change(made)
      } catch (error) {
        logger.error(`the insights are not read again: ${messageOf(error)}`)
      }
    }
    folder.watch(signal, () => {
      reading = reading.then(again)
    })
  }
  const onUnits = (names: readonly string[]) =>
    logger.info(names.length > 0 ? `runs here: ${namesOfParts(names, job)}` : 'stands by: other processes run this job')
  await runUnits({ ...{ bus, open, job, units, watch, logger, signal, onUnits }, clock: systemClock })
}

async function reset(bus: Bus, job: string, planned: readonly PlannedInsight[], yes: boolean): Promise<void> {
  if (!yes) {
    throw new ShitopsError('SHITOPS_E_CONFIRM', `--reset forgets what job ${job} remembers and where it was`, {
      suggestions: ['--reset --yes does it', 'without --reset it goes on where it was'],
    })
  }
  await forgetInsights(bus, job, planned)
}

/** A flag that is a duration, in ms. */
export function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} "${text}" is no duration: ${DURATION_FORMS}`, { suggestions: [`--${flag} 5s`] })
}
