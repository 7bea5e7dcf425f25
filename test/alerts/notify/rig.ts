import { createHash } from 'node:crypto'
import { ackRecords } from '../../../src/alerts/acks.ts'
import { AlertBook, BOOK_TOPICS, type BookTopic } from '../../../src/alerts/alert-book.ts'
import { fingerprint } from '../../../src/alerts/fingerprint.ts'
import type { Delivery, DispatchPlan, Outcome, Output } from '../../../src/alerts/notify/dispatch.ts'
import { Dispatcher } from '../../../src/alerts/notify/dispatcher.ts'
import type { Route } from '../../../src/alerts/notify/routing.ts'
import { Topology } from '../../../src/alerts/notify/topology.ts'
import { newSilence } from '../../../src/alerts/silences.ts'
import { matcher } from '../../../src/base/matchers.ts'
import type { Alert, AlertLogEntry, AlertNotification } from '../../../src/events/index.ts'
import { toEventTime } from '../../../src/events/index.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
/** A Tuesday, 09:00 UTC. */
export const START = Date.parse('2026-03-31T09:00:00Z')

export const route = (more: Partial<Route> = {}): Route => ({
  ...{ id: 'default', matchers: [], receiver: 'ops', groupBy: ['alertname'], goOn: false, mute: [], active: [], escalation: [] },
  ...{ groupWait: 30 * SECOND, groupInterval: 5 * MINUTE, repeatInterval: 4 * HOUR },
  ...more,
})

export const plan = (more: Partial<DispatchPlan> = {}): DispatchPlan => ({
  routes: [route()],
  targets: [{ id: 'ops/webhook/0', receiver: 'ops', sendResolved: true, maxAlerts: 100 }],
  inhibit: [],
  giveUpAfter: HOUR,
  ...more,
})

export const target = (receiver: string, more = {}) => ({
  id: `${receiver}/webhook/0`,
  receiver,
  sendResolved: true,
  maxAlerts: 100,
  ...more,
})
export const only = (name: string, value: string) => [matcher(name, '=', value)]

export interface Told {
  /** From the start, s. */
  at: number
  target: string
  reason: string
  attempt: number
  key: string
  /** `+a` fires, `-a` is resolved. */
  alerts: string[]
  /** The same by incident: when each began. */
  incidents: Array<{ name: string; state: string }>
}

/** What happens to an alert, at a time from the start. */
export type Happening =
  | { at: number; kind: 'fire' | 'resolve' | 'forget'; name: string; labels?: Record<string, string> }
  | { at: number; kind: 'silence'; matcher: string; for: number }
  | { at: number; kind: 'ack'; name: string; alertname?: string }

/** A dispatcher on a virtual clock with everything around it: what happens is taken, what is written is kept, and what is told is noted. */
export class Rig {
  readonly plan: DispatchPlan
  readonly told: Told[] = []
  readonly log: AlertLogEntry[] = []
  readonly letters: Output[] = []
  /** Records written, by topic. */
  readonly written = new Map<string, number>()
  now = START
  topology = new Topology()
  /** The compacted topics. */
  readonly #topics = new Map<string, Map<string, string>>()
  #book = new AlertBook()
  #dispatcher: Dispatcher
  readonly #answer: (delivery: Delivery, now: number) => Outcome
  #flights: Array<{ delivery: Delivery; at: number }> = []

  constructor(given: DispatchPlan, answer: (delivery: Delivery, now: number) => Outcome = () => ({ kind: 'taken' })) {
    this.plan = given
    this.#answer = answer
    this.#dispatcher = new Dispatcher(given, this.#book, this.topology, [], this.now)
    this.#work()
  }

  /** As after kill -9: all that is left is what was written. @param given other settings */
  restart(given: DispatchPlan = this.plan): void {
    this.#flights = []
    this.#book = new AlertBook()
    for (const topic of BOOK_TOPICS) for (const [key, value] of this.#topics.get(topic) ?? []) this.#book.apply(topic, key, value)
    const saved = [...(this.#topics.get('alert_notifications') ?? new Map<string, string>()).values()]
    const events = saved.map((value) => JSON.parse(value) as AlertNotification)
    this.#dispatcher = new Dispatcher(given, this.#book, this.topology, events, this.now)
    this.#work()
  }

  /** Time goes on to `seconds` from the start, with what is due meanwhile. */
  until(seconds: number): this {
    const end = START + seconds * SECOND
    for (let i = 0; ; i++) {
      if (i > 100_000) throw new Error('time stands still')
      const due = Math.max(this.#dispatcher.due(this.now), this.now)
      if (due > end) break
      this.now = due
      this.#work()
    }
    this.now = end
    return this
  }

  run(happenings: readonly Happening[], until: number): this {
    for (const happening of [...happenings].sort((a, b) => a.at - b.at)) {
      this.until(happening.at)
      this.happen(happening)
    }
    return this.until(until)
  }

  happen(what: Happening): void {
    this.now = START + what.at * SECOND
    if (what.kind === 'silence') {
      const silence = newSilence({ matchers: [what.matcher], endsAt: this.now + what.for * SECOND, author: 'a', comment: 'c' }, this.now)
      this.take('alert_silences', silence.silence_id, JSON.stringify(silence))
    } else if (what.kind === 'ack') {
      const alert = this.#book.alert(idOf(what.name, what.alertname))
      if (alert) this.take('alert_acks', alert.fingerprint, ackRecords(alert, { by: 'netops-1', now: this.now }).alert_acks.value)
    } else if (what.kind === 'forget') this.take('alerts', idOf(what.name, what.labels?.alertname), null)
    else this.#alert(what.kind, what.name, what.labels ?? {})
    this.#work()
  }

  #alert(kind: 'fire' | 'resolve', name: string, labels: Record<string, string>): void {
    const id = idOf(name, labels.alertname)
    const before = this.#book.alert(id)
    if (kind === 'resolve' && before?.status !== 'firing') return
    const at = toEventTime(this.now)
    const alert: Alert = {
      ...{ event_time: at, fingerprint: id, alert_name: labels.alertname ?? 'x', severity: 'warning', subject: name },
      ...{
        active_at: at,
        fired_at: at,
        resolved_at: null,
        labels: { alertname: 'x', subject: name, ...labels },
      },
      ...(kind === 'resolve' && before),
      ...(kind === 'resolve' ? { status: 'resolved', resolved_at: at, event_time: at } : { status: 'firing' }),
    }
    if (kind === 'fire' && before?.status === 'firing') return
    this.take('alerts', id, JSON.stringify(alert))
  }

  take(topic: string, key: string, value: string | null): void {
    this.#keep(topic, key, value)
    this.#book.apply(topic as BookTopic, key, value)
  }

  #keep(topic: string, key: string, value: string | null): void {
    const records = this.#topics.get(topic) ?? new Map<string, string>()
    this.#topics.set(topic, records)
    if (value === null) records.delete(key)
    else records.set(key, value)
  }

  #work(): void {
    this.#write(this.#dispatcher.step(this.now))
    for (const delivery of this.#dispatcher.deliveries(this.now)) this.#flights.push({ delivery, at: this.now })
    for (const { delivery } of this.#flights.splice(0)) this.#give(delivery)
  }

  #give(delivery: Delivery): void {
    this.#note(delivery)
    this.#write(this.#dispatcher.outcome(delivery, this.#answer(delivery, this.now), this.now))
  }

  #note({ target: id, reason, attempt, idempotencyKey: key, alerts }: Delivery): void {
    const told = alerts.map(({ status, labels, starts_at }) => ({
      sign: status === 'firing' ? '+' : '-',
      name: String(labels.subject),
      starts_at,
    }))
    this.told.push({
      ...{ at: (this.now - START) / SECOND, target: id, reason, attempt, key },
      alerts: told.map(({ sign, name }) => `${sign}${name}`),
      incidents: told.map(({ sign, name, starts_at }) => ({ name, state: `${sign}${starts_at}` })),
    })
  }

  /** Told and not yet written down: what a kill at the worst moment leaves. */
  killBeforeOutcome(): void {
    this.#write(this.#dispatcher.step(this.now))
    for (const delivery of this.#dispatcher.deliveries(this.now)) this.#note(delivery)
    this.restart()
  }

  #write(outputs: readonly Output[]): void {
    for (const output of outputs) {
      const value = output.value === null ? null : String(output.value)
      this.written.set(output.topic, (this.written.get(output.topic) ?? 0) + 1)
      if (output.topic === 'alert_log') this.log.push(JSON.parse(value ?? ''))
      else if (output.topic.endsWith('.dlq')) this.letters.push(output)
      else this.#keep(output.topic, String(output.key), value)
    }
  }

  /** `a by hq`: what is hidden by what, as it is kept. */
  get hidden(): string[] {
    const names = new Map([...(this.#topics.get('alerts') ?? [])].map(([id, value]) => [id, String(JSON.parse(value).subject)]))
    const kept = [...(this.#topics.get('alert_inhibitions') ?? [])].map(([id, value]): [string, string[]] => [
      id,
      JSON.parse(value).inhibited_by,
    ])
    return kept
      .map(
        ([id, by]) =>
          `${names.get(id)} by ${by
            .map((each) => names.get(each))
            .sort()
            .join(', ')}`,
      )
      .sort()
  }

  /** What is kept of notifications. */
  get saved(): AlertNotification[] {
    return [...(this.#topics.get('alert_notifications') ?? new Map<string, string>()).values()].map((value) => JSON.parse(value))
  }

  /** `30 new +a +b`, by target where there are several. */
  get lines(): string[] {
    return this.told.map(({ at, target: id, reason, alerts }) => {
      const who = this.plan.targets.length > 1 ? `${id.split('/')[0]} ` : ''
      return `${at} ${who}${reason} ${[...alerts].sort().join(' ')}`
    })
  }
}

export const idOf = (name: string, alertname = 'x') => fingerprint({ alertname, subject: name })

/** The same answer for the same attempt of the same notification, in every life. */
export const sometimesFailing =
  (every: number) =>
  ({ idempotencyKey, attempt }: Delivery): Outcome => {
    const die = createHash('sha256').update(`${idempotencyKey}${attempt}`).digest()[0] ?? 0
    if (die % every === 0) return { kind: 'later', why: '503' }
    return die % (every * 7) === 1 ? { kind: 'refused', why: '400' } : { kind: 'taken' }
  }
