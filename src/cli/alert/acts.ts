import { ackRecords, unackRecords } from '../../alerts/acks.ts'
import { type AlertBook, loadAlertBook } from '../../alerts/alert-book.ts'
import { endedSilence, newSilence, silenceOf, silenceRecord, silencing } from '../../alerts/silences.ts'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import { INSTANT_FORMS, parseInstant } from '../../base/instant.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import type { Alert, AlertSilence } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'
import { findAlert } from './find.ts'

export interface Who {
  readonly by: string
  readonly comment?: string | undefined
  /** ms since the epoch */
  readonly now: number
}

/** Takes an incident on, or with `undo` leaves it again. @throws SHITOPS_E_ALERT_UNKNOWN */
export async function ack(bus: Bus, fingerprint: string, who: Who, undo: boolean): Promise<Alert> {
  const { book } = await loadAlertBook(bus)
  const alert = findAlert(book, fingerprint)
  if (alert.status === 'resolved' && !undo)
    throw new ShitopsError('SHITOPS_E_ALERT_UNKNOWN', `${alert.alert_name} ${alert.subject} is over: there is nothing to acknowledge`)
  await createMissing(bus, ['alert_acks', 'alert_log'])
  const records = undo ? unackRecords(alert, who) : ackRecords(alert, who)
  const appends = Object.entries(records).map(([topic, record]) => ({ topic, records: [record] }))
  // Each act is its own writer: two people at once fence nobody.
  for (const { topic, records: one } of appends) await bus.append(topic, one)
  for (const record of [records.alert_acks]) book.apply('alert_acks', record.key, record.value)
  return book.present(alert, who.now)
}

export interface SilenceFlags {
  matcher: string[]
  for?: string | undefined
  until?: string | undefined
  from?: string | undefined
  comment: string
  'dry-run': boolean
}

/** A new silence, and the alerts that it mutes now. @throws SHITOPS_E_SILENCE, SHITOPS_E_MATCHER, SHITOPS_E_USAGE */
export async function silence(
  open: (readOnly: boolean) => Promise<Bus>,
  flags: SilenceFlags,
  { by, now }: Who,
): Promise<{ silence: AlertSilence; alerts: Alert[] }> {
  const startsAt = flags.from === undefined ? now : instantOf('from', flags.from, now)
  const made = newSilence(
    { matchers: flags.matcher, startsAt, endsAt: endOf(flags, startsAt, now), author: by, comment: flags.comment },
    now,
  )
  const bus = await open(flags['dry-run'])
  // First, so that whoever may not read alerts does not silence them unseen.
  const { book } = await loadAlertBook(bus)
  if (!flags['dry-run']) {
    await createMissing(bus, ['alert_silences'])
    await bus.append('alert_silences', [silenceRecord(made)])
  }
  const muted = [...book.alerts()].filter(
    (alert) => alert.status !== 'resolved' && silencing([{ ...silenceOf(made), startsAt: now }], alert.labels, now).length > 0,
  )
  return { silence: made, alerts: muted }
}

/** Ends silences now. @throws SHITOPS_E_SILENCE_UNKNOWN, before any of them is ended */
export async function unsilence(bus: Bus, ids: readonly string[], { by, now }: Who): Promise<AlertSilence[]> {
  const { book } = await loadAlertBook(bus)
  const found = ids.map((id) => silenceNamed(book, id))
  const ended = found.map((event) => endedSilence(event, now, by))
  const changed = ended.filter((event, i) => event !== found[i])
  if (changed.length > 0) await bus.append('alert_silences', changed.map(silenceRecord))
  return ended
}

function silenceNamed(book: AlertBook, id: string): AlertSilence {
  const known = book.silence(id)
  if (known) return known.event
  throw new ShitopsError('SHITOPS_E_SILENCE_UNKNOWN', `there is no silence ${id}`, { suggestions: ['shitops alert list --silences'] })
}

function endOf(flags: SilenceFlags, startsAt: number, now: number): number {
  if (flags.until !== undefined) return instantOf('until', flags.until, now)
  const ms = parseDuration(flags.for ?? '')
  if (ms !== undefined) return startsAt + ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--for ${flags.for ?? ''} is no duration: ${DURATION_FORMS}`, { suggestions: ['--for 2h'] })
}

function instantOf(flag: string, text: string, now: number): number {
  const at = parseInstant(text.replace(/^@/, ''), now)
  if (at !== undefined) return at
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} ${text} names no time: ${INSTANT_FORMS}`, {
    suggestions: [`--${flag} ${toEventTime(now)}`],
  })
}
