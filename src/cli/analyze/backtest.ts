import { readFile } from 'node:fs/promises'
import { boundedBus } from '../../alerts/backtest/bounded-bus.ts'
import { type FiredAlert, judge, type LabelledWindow, type Verdict } from '../../alerts/backtest/judge.ts'
import { parseLabels } from '../../alerts/backtest/labels.ts'
import { runInsights } from '../../alerts/run-insights.ts'
import { systemClock } from '../../base/clock.ts'
import { DURATION_FORMS, formatDuration, parseDuration } from '../../base/duration.ts'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import type { Bus } from '../../bus/bus.ts'
import { topicsThere } from '../../bus/ops/topics-there.ts'
import { parsePosition } from '../../bus/position.ts'
import type { AlertLogEntry } from '../../events/event-types.ts'
import { selectInsights } from '../../insights/library.ts'
import { planInsight } from '../../insights/plan.ts'
import { topicsNamed } from '../../query/topics/topic-tables.ts'
import { paint } from '../color.ts'
import { formatTime } from '../times.ts'

/** The flags as typed. */
export interface BacktestFlags {
  from: string
  to?: string | undefined
  labels?: string | undefined
  insight?: string[] | undefined
  'warm-up': string
  before: string
  after: string
  disorder: string
}

export interface BacktestContext {
  readonly open: () => Promise<Bus>
  readonly logger: Logger
  readonly signal: AbortSignal
  /** ms since the epoch */
  readonly now: number
}

export interface BacktestResult {
  insights: string[]
  from: string
  to: string
  events: number
  alerts: FiredAlert[]
  labelled: boolean
  verdict: Verdict
}

/**
 * Insights and alert policies over a stretch of the past, by the code that runs them live: nothing is written, nobody is told.
 * @throws SHITOPS_E_BACKTEST_LABELS, SHITOPS_E_POSITION, SHITOPS_E_USAGE, SHITOPS_E_TOPIC_UNKNOWN
 */
export async function backtest(flags: BacktestFlags, { open, logger, signal, now }: BacktestContext): Promise<BacktestResult> {
  const labels = flags.labels === undefined ? undefined : await labelsOf(flags.labels)
  const insights = await selectInsights(flags.insight ?? namesOf(labels))
  const [from, to] = [timeOf('from', flags.from, now), flags.to === undefined ? now : timeOf('to', flags.to, now)]
  if (to <= from) throw new ShitopsError('SHITOPS_E_USAGE', '--to is not after --from', { suggestions: ['--from @1d --to @1h'] })
  const [warmUp, before, after] = [
    durationOf('warm-up', flags['warm-up']),
    durationOf('before', flags.before),
    durationOf('after', flags.after),
  ]
  const disorderSeconds = Math.ceil(durationOf('disorder', flags.disorder) / 1000)
  const planned = await Promise.all(insights.map((insight) => planInsight(insight, { disorderSeconds })))
  const bus = await open()
  const needed = insights.flatMap(({ sql }) => topicsNamed(sql))
  const there = await topicsThere(bus, needed)
  const missing = needed.find((topic) => !there.has(topic))
  if (missing !== undefined) {
    throw new ShitopsError('SHITOPS_E_TOPIC_UNKNOWN', `the bus has no topic ${missing}, which the insights read`, {
      suggestions: [`shitops topic create ${missing}`, '--insight NAME for those that need it not'],
    })
  }
  const alerts = new Map<string, FiredAlert & { resolvedAt?: number }>()
  const done: FiredAlert[] = []
  const stats = await runInsights({
    ...{ bus: boundedBus(bus, to), clock: systemClock, logger, planned, job: 'backtest', signal, ephemeral: true, untilEnd: true },
    ...{ start: { timestamp: from - warmUp }, idleTimeout: 10_000 },
    onOutputs: (outputs) => {
      for (const { topic, value } of outputs) if (topic === 'alert_log' && value !== null) note(JSON.parse(String(value)) as AlertLogEntry)
    },
  })
  function note({ transition, fingerprint, alert_name: insight, subject, event_time }: AlertLogEntry): void {
    const at = Date.parse(event_time)
    if (transition === 'firing') alerts.set(fingerprint, { insight, subject, firedAt: at })
    const open = alerts.get(fingerprint)
    if (transition !== 'resolved' || !open) return
    done.push({ ...open, resolvedAt: at })
    alerts.delete(fingerprint)
  }
  const fired = [...done, ...alerts.values()].filter(({ firedAt }) => firedAt >= from && firedAt < to).sort((a, b) => a.firedAt - b.firedAt)
  const windows = (labels ?? []).filter(({ start, end }) => end >= from && start < to)
  const left = (labels?.length ?? 0) - windows.length
  if (left > 0) logger.warn(`${left} labelled windows lie outside of the range and are left out`)
  const time = (ms: number) => new Date(ms).toISOString()
  return {
    ...{
      insights: insights.map(({ name }) => name),
      from: time(from),
      to: time(to),
      events: stats.events,
      alerts: fired,
      labelled: labels !== undefined,
    },
    verdict: judge(windows, fired, { before, after }),
  }
}

/** Those that the labels name, where every one of them names one. */
function namesOf(labels: readonly LabelledWindow[] | undefined): string[] | undefined {
  const names = [...new Set((labels ?? []).flatMap(({ insight }) => insight ?? []))]
  return labels && names.length > 0 && labels.every(({ insight }) => insight !== undefined) ? names : undefined
}

async function labelsOf(file: string): Promise<LabelledWindow[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ShitopsError(
      isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
      `${file} cannot be read: ${messageOf(error)}`,
      { cause: error },
    )
  })
  return parseLabels(text, file)
}

function timeOf(flag: string, text: string, now: number): number {
  const position = parsePosition(text.startsWith('@') || !/^\d{4}-/.test(text) ? text : `@${text}`, now, flag)
  if (position.kind === 'time') return position.at
  if (position.kind === 'start') return 0
  if (position.kind === 'end') return now
  throw new ShitopsError('SHITOPS_E_POSITION', `--${flag} ${text}: a backtest is over a stretch of time`, {
    suggestions: [`--${flag} @1d`, `--${flag} 2026-01-31T10:00Z`],
  })
}

function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} "${text}" is no duration: ${DURATION_FORMS}`, { suggestions: [`--${flag} 5m`] })
}

/** What was missed and what was wrong, and the figures. */
export function formatBacktest({ alerts, labelled, verdict, events, insights }: BacktestResult, utc: boolean): string {
  const at = (ms: number) => formatTime(ms, utc)
  if (!labelled) {
    const lines = alerts.map(
      ({ insight, subject, firedAt, resolvedAt }) =>
        `${at(firedAt)}  ${paint.strong(insight)} ${subject}${resolvedAt === undefined ? '' : `, for ${formatDuration(resolvedAt - firedAt)}`}`,
    )
    return `${[...lines, `${plural(alerts.length, 'alert')} of ${plural(insights.length, 'insight')} over ${plural(events, 'record')}`].join('\n')}\n`
  }
  const { windows, wrong, right, precision, recall, lead } = verdict
  const percent = (share: number | null) => (share === null ? '-' : `${Number((share * 100).toFixed(1))} %`)
  const lines = windows.map(({ window, alert, lead: own = 0 }) => {
    const what = [window.insight, window.subject].filter(Boolean).join(' ') || 'anything'
    if (!alert) return `${paint.error('missed ')}  ${at(window.start)}  ${what}`
    return `${paint.good('noticed')}  ${at(window.start)}  ${what}: ${alert.insight} ${alert.subject}, ${own < 0 ? `${formatDuration(-own)} after` : `${formatDuration(own)} before`} the harm`
  })
  return `${[
    ...lines,
    ...wrong.map(({ insight, subject, firedAt }) => `${paint.warn('wrong  ')}  ${at(firedAt)}  ${insight} ${subject}`),
    `precision ${percent(precision)} (${right.length} of ${plural(alerts.length, 'alert')}), recall ${percent(recall)} (${windows.filter(({ alert }) => alert).length} of ${windows.length} windows), median lead time ${lead === null ? '-' : `${lead < 0 ? '-' : ''}${formatDuration(Math.abs(lead))}`}`,
  ].join('\n')}\n`
}

/** A share as typed, 0 when absent. @throws SHITOPS_E_USAGE */
export function shareOf(flag: string, text: string | undefined): number {
  const share = Number(text ?? 0)
  if (share >= 0 && share <= 1) return share
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} ${text} is no share from 0 to 1`, { suggestions: [`--${flag} 0.9`] })
}
