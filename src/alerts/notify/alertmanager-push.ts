import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Alert } from '../../events/event-types.ts'
import type { AlertBook } from '../alert-book.ts'
import type { Outcome } from './dispatch.ts'
import { type Links, OWN_ANNOTATION } from './message.ts'
import { httpPost } from './send/http-post.ts'

/** What fires is pushed so often, ms, and is over for Alertmanager when nothing comes for four times as long: as Prometheus has it. */
export const RESEND = 60_000
const LASTS = 4 * RESEND
/** What is over is pushed for so long, ms. */
export const RESOLVED_FOR = 300_000
/** Alerts in one call. */
const BATCH = 256

/** An alert as Alertmanager's API v2 takes it. */
export interface PostableAlert {
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt: string
  generatorURL?: string
}

/**
 * Which alerts are due to be pushed to one Alertmanager. Pure and level triggered: after a restart all that fires is pushed again, which for
 * Alertmanager, which knows an alert by its labels, is the same alert still firing.
 */
export class PushSchedule {
  /** Fingerprint → what was pushed last, and when. */
  readonly #pushed = new Map<string, { state: string; at: number }>()

  /** What to push at `now`. */
  due(alerts: Iterable<Alert>, now: number): Alert[] {
    return [...alerts].filter((alert) => {
      if (!isTold(alert, now)) return false
      const last = this.#pushed.get(alert.fingerprint)
      return !last || last.state !== stateOf(alert) || now - last.at >= RESEND
    })
  }

  /** They were taken. */
  took(alerts: readonly Alert[], now: number): void {
    for (const alert of alerts) this.#pushed.set(alert.fingerprint, { state: stateOf(alert), at: now })
  }

  /** When something is due next, if nothing changes. */
  next(alerts: Iterable<Alert>, now: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const alert of alerts) {
      if (!isTold(alert, now)) continue
      const last = this.#pushed.get(alert.fingerprint)
      next = Math.min(next, last?.state === stateOf(alert) ? last.at + RESEND : now)
    }
    return next
  }
}

const stateOf = ({ status, active_at }: Alert): string => `${status} ${active_at}`

function isTold({ status, resolved_at, event_time, fired_at }: Alert, now: number): boolean {
  if (status === 'firing') return true
  return status === 'resolved' && Boolean(fired_at) && now - Date.parse(resolved_at ?? event_time) < RESOLVED_FOR
}

/** @param now ms since the epoch */
export function postable(alert: Alert, { externalUrl, runbookUrl }: Links, now: number): PostableAlert {
  const runbook = alert.runbook_url ?? runbookUrl?.replaceAll('{alertname}', encodeURIComponent(alert.alert_name))
  // Alertmanager takes what it is told has ended before now for resolved, and refuses what ends before it starts.
  const startsAt = alert.fired_at ?? alert.active_at
  const end = alert.status === 'firing' ? new Date(now + LASTS).toISOString() : (alert.resolved_at ?? alert.event_time)
  const [, endsAt = end] = [startsAt, end].sort()
  return {
    labels: Object.fromEntries(Object.entries(alert.labels).filter(([, value]) => value !== '')),
    annotations: { ...alert.annotations, ...(runbook && { runbook_url: runbook }), [OWN_ANNOTATION]: alert.fingerprint },
    startsAt,
    endsAt,
    ...(externalUrl && { generatorURL: `${externalUrl.replace(/\/+$/, '')}/#/alerts/${alert.fingerprint}` }),
  }
}

export interface PushOptions {
  /** Its address, without /api/v2. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** ms */
  readonly timeout: number
  readonly links: Links
  readonly book: AlertBook
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
  /** Resolves when alerts have changed. */
  readonly changed: () => Promise<void>
}

/** Pushes to one Alertmanager until the signal aborts. What it does not take is pushed again in a few seconds. */
export async function runPush(options: PushOptions): Promise<void> {
  const { book, clock, logger, signal } = options
  const schedule = new PushSchedule()
  let failures = 0
  while (!signal.aborted) {
    const now = clock.now()
    const outcome = await pushAll(options, schedule, now)
    if (outcome.kind === 'taken') {
      if (failures > 0) logger.info(`${options.url}: it takes alerts again`)
      failures = 0
    } else if (failures++ === 0) logger.warn(`${options.url} does not take alerts: ${outcome.why}; it is tried again`)
    const wait =
      failures > 0 ? Math.min(30_000, 1_000 * 2 ** Math.min(failures - 1, 5)) : Math.max(0, schedule.next(book.alerts(), now) - now)
    const woken = new AbortController()
    const changed = failures > 0 ? [] : [options.changed()]
    await Promise.race([clock.sleep(Math.min(wait, RESEND), AbortSignal.any([signal, woken.signal])), ...changed])
    woken.abort()
  }
}

async function pushAll(options: PushOptions, schedule: PushSchedule, now: number): Promise<Outcome> {
  const { book, links, headers, timeout, signal, clock } = options
  const due = schedule.due(book.alerts(), now)
  for (let at = 0; at < due.length; at += BATCH) {
    const batch = due.slice(at, at + BATCH)
    const body = JSON.stringify(batch.map((alert) => postable(alert, links, now)))
    const url = `${options.url.replace(/\/+$/, '')}/api/v2/alerts`
    const outcome = await httpPost({ url, headers, body, timeout, signal, now: () => clock.now() })
    if (outcome.kind !== 'taken') return outcome
    schedule.took(batch, now)
  }
  return { kind: 'taken' }
}
