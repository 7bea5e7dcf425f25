import { createHash } from 'node:crypto'
import { ShitopsError } from '../base/errors.ts'
import { type Labels, type Matcher, matchersText, matcherText, matches, parseAllMatchers } from '../base/matchers.ts'
import type { AlertSilence } from '../events/event-types.ts'
import { type EventRecord, toEventTime, toRecord } from '../events/index.ts'

export const SILENCE_SOURCE = '/alerts/silences'

/** A silence with its matchers read and its times in ms since the epoch. */
export interface Silence {
  readonly id: string
  readonly matchers: readonly Matcher[]
  readonly startsAt: number
  readonly endsAt: number
  readonly author: string
  readonly comment: string
  readonly event: AlertSilence
}

export type SilenceState = 'pending' | 'active' | 'expired'

/** @throws SHITOPS_E_MATCHER */
export function silenceOf(event: AlertSilence): Silence {
  const { silence_id: id, author, comment } = event
  const [startsAt, endsAt] = [Date.parse(event.starts_at), Date.parse(event.ends_at)]
  return { id, matchers: parseAllMatchers(event.matchers), startsAt, endsAt, author, comment, event }
}

/** @param now ms since the epoch */
export function silenceState({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, now: number): SilenceState {
  if (now >= endsAt) return 'expired'
  return now >= startsAt ? 'active' : 'pending'
}

/** The ids of the silences that are active and fit the labels, sorted. */
export function silencing(silences: Iterable<Silence>, labels: Labels, now: number): string[] {
  const found: string[] = []
  for (const silence of silences) {
    if (silenceState(silence, now) === 'active' && matches(silence.matchers, labels)) found.push(silence.id)
  }
  return found.sort()
}

export interface SilenceRequest {
  /** Texts of matchers, all of which must fit. */
  readonly matchers: readonly string[]
  /** ms since the epoch; now when absent. */
  readonly startsAt?: number
  readonly endsAt: number
  readonly author: string
  readonly comment: string
}

/**
 * A new silence, checked.
 * @param now ms since the epoch
 * @throws SHITOPS_E_MATCHER, SHITOPS_E_SILENCE
 */
export function newSilence(request: SilenceRequest, now: number): AlertSilence {
  const matchers = parseAllMatchers(request.matchers)
  const { startsAt = now, endsAt } = request
  const author = request.author.trim()
  const comment = request.comment.trim()
  const refuse = (why: string, ...suggestions: string[]) => new ShitopsError('SHITOPS_E_SILENCE', why, { suggestions })
  if (matchers.length === 0) throw refuse('a silence needs a matcher: without one it would silence everything', '--matcher site=hq')
  if (matchers.every(({ test }) => test('')))
    throw refuse(
      `${matchersText(matchers)} fits alerts without any of these labels, so it would silence everything`,
      'name at least one value: --matcher alertname=device_flapping',
    )
  if (!(endsAt > startsAt)) throw refuse('a silence must end after it begins', '--for 2h')
  if (endsAt <= now) throw refuse('a silence that has ended already silences nothing', '--for 2h')
  if (author === '') throw refuse('a silence needs an author', '--author netops-1')
  if (comment === '') throw refuse('a silence needs a comment: whoever finds it asks why', '--comment "cabling on floor 2"')
  const said = { matchers: matchers.map(matcherText), starts_at: toEventTime(startsAt), ends_at: toEventTime(endsAt), author, comment }
  // The same request at the same moment is the same silence.
  const silence_id = createHash('sha256')
    .update(JSON.stringify([said, now]))
    .digest('hex')
    .slice(0, 16)
  return { event_time: toEventTime(now), silence_id, ...said }
}

/** The silence, ended now. One that has ended stays as it is. @param by who ends it */
export function endedSilence(event: AlertSilence, now: number, by?: string): AlertSilence {
  if (Date.parse(event.ends_at) <= now) return event
  const at = toEventTime(now)
  // One that never began has no time in which it was there.
  const starts_at = Date.parse(event.starts_at) > now ? at : event.starts_at
  return { ...event, event_time: at, starts_at, ends_at: at, ...(by !== undefined && { ended_by: by }) }
}

export function silenceRecord(event: AlertSilence): EventRecord {
  return toRecord('alert_silences', event, { source: SILENCE_SOURCE })
}
