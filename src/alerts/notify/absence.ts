import { parseDuration } from '../../base/duration.ts'
import type { Alert, AlertLogEntry, AlertNotification } from '../../events/event-types.ts'
import { toEventTime, toRecord } from '../../events/index.ts'
import { fingerprint } from '../fingerprint.ts'
import type { Output } from './dispatch.ts'
import type { AbsenceSettings } from './settings.ts'

const SOURCE = '/alerts/absence'
const NAME = 'topic_silent'
/** Under this receiver stands what is known of each topic. */
export const ABSENCE = 'absence'

interface Watched {
  readonly settings: AbsenceSettings
  /** ms */
  readonly after: number
  heardAt: number
  /** Sum of the ends of its partitions when it was looked at last. */
  end: number
  /** Since when nothing comes, once that is an alert. */
  firedAt: number | undefined
}

/**
 * Topics on which something must always come. Event time stands still where nothing comes, so no query can notice it: the clock here is the
 * notifier's. Pure: it is told how far each topic is.
 */
export class Absence {
  readonly #watched = new Map<string, Watched>()

  /** @param saved what {@link observe} gave for `alert_notifications` */
  constructor(settings: readonly AbsenceSettings[], saved: Iterable<AlertNotification>, now: number) {
    const known = new Map([...saved].filter(({ receiver }) => receiver === ABSENCE).map((event) => [event.group_id, event]))
    for (const each of settings) {
      const event = known.get(each.topic)
      const heardAt = event?.heard_at ? Date.parse(event.heard_at) : now
      const firedAt = event?.absent && event.opened_at ? Date.parse(event.opened_at) : undefined
      this.#watched.set(each.topic, {
        settings: each,
        after: parseDuration(each.for) ?? 0,
        heardAt,
        end: event?.sequence_no ?? -1,
        firedAt,
      })
    }
  }

  get topics(): string[] {
    return [...this.#watched.keys()]
  }

  /** How often to look, ms. */
  get every(): number {
    return Math.max(1_000, Math.min(30_000, ...[...this.#watched.values()].map(({ after }) => after / 4)))
  }

  /** @param end sum of the ends of the topic's partitions; undefined: there is no such topic, so nothing has come */
  observe(topic: string, end: number | undefined, now: number): Output[] {
    const watched = this.#watched.get(topic)
    if (!watched) return []
    // The first look ever says where the topic is, not that something came.
    const first = watched.end === -1
    const moved = !first && (end ?? 0) !== watched.end
    watched.end = end ?? 0
    if (moved) {
      watched.heardAt = now
      if (watched.firedAt === undefined) return [this.#state(watched, now)]
      const outputs = [this.#alert(watched, 'resolved', now), this.#log(watched, 'resolved', now)]
      watched.firedAt = undefined
      return [...outputs, this.#state(watched, now)]
    }
    if (watched.firedAt === undefined && now - watched.heardAt >= watched.after) {
      watched.firedAt = now
      return [this.#alert(watched, 'firing', now), this.#log(watched, 'firing', now), this.#state(watched, now)]
    }
    return first ? [this.#state(watched, now)] : []
  }

  #labels({ settings: { topic, severity = 'warning' } }: Watched): Record<string, string> {
    return { alertname: NAME, severity, subject: topic }
  }

  #alert(watched: Watched, status: 'firing' | 'resolved', now: number): Output {
    const { settings, heardAt, firedAt = now, after } = watched
    const { topic, severity = 'warning', channel = 'operations' } = settings
    const labels = this.#labels(watched)
    const alert: Alert = {
      ...{ event_time: toEventTime(now), fingerprint: fingerprint(labels), alert_name: NAME, status, severity, subject: topic, labels },
      ...{ active_at: toEventTime(firedAt), fired_at: toEventTime(firedAt), resolved_at: status === 'resolved' ? toEventTime(now) : null },
      for_s: after / 1000,
      annotations: {
        summary: this.#summary(watched),
        advice: `see whether what writes ${topic} runs: shitops group list, shitops topic describe ${topic}`,
      },
      ...{ channel, observed: (now - heardAt) / 1000, expected_low: 0, expected_high: after / 1000, unit: 's', origin: 'absence' },
    }
    return { topic: 'alerts', ...toRecord('alerts', alert, { source: SOURCE }) }
  }

  #log(watched: Watched, transition: 'firing' | 'resolved', now: number): Output {
    const labels = this.#labels(watched)
    const { topic, severity = 'warning' } = watched.settings
    const entry: AlertLogEntry = {
      ...{ event_time: toEventTime(now), fingerprint: fingerprint(labels), alert_name: NAME, transition },
      ...{ severity, subject: topic, labels, summary: this.#summary(watched) },
    }
    return { topic: 'alert_log', ...toRecord('alert_log', entry, { source: SOURCE }) }
  }

  #summary({ settings: { topic, for: text } }: Watched): string {
    return `nothing has come on ${topic} for ${text}`
  }

  #state({ settings: { topic }, heardAt, end, firedAt }: Watched, now: number): Output {
    const event: AlertNotification = {
      ...{
        event_time: toEventTime(now),
        receiver: ABSENCE,
        group_id: topic,
        heard_at: toEventTime(heardAt),
        absent: firedAt !== undefined,
      },
      ...(firedAt !== undefined && { opened_at: toEventTime(firedAt) }),
      ...(end >= 0 && { sequence_no: end }),
    }
    return { topic: 'alert_notifications', ...toRecord('alert_notifications', event, { source: SOURCE }) }
  }
}
