import type { Clock } from '../../base/clock.ts'
import { parseDuration } from '../../base/duration.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import type { Bus, PartitionRange, TakenOver } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { readStanding } from '../../bus/ops/read-standing.ts'
import { topicsThere } from '../../bus/ops/topics-there.ts'
import type { AlertNotification } from '../../events/event-types.ts'
import { dlqTopic } from '../../events/index.ts'
import { runUnits } from '../../query/run/job-units.ts'
import { type AlertBook, BOOK_TOPICS, type BookTopic, takeAlertBook } from '../alert-book.ts'
import { Absence } from './absence.ts'
import { runPush } from './alertmanager-push.ts'
import type { Delivery, Outcome, Output } from './dispatch.ts'
import { Dispatcher } from './dispatcher.ts'
import { outdated } from './housekeeping.ts'
import { webhookBody } from './message.ts'
import { dispatchPlan } from './plan.ts'
import { authorizationOf, makeSenders } from './send/make-senders.ts'
import { DEFAULT_TIMEOUT, type Sender } from './send/sender.ts'
import type { AlertSettings } from './settings.ts'
import { Topology } from './topology.ts'

/** Its lease and the name under which it writes: a newer process fences an older one. */
export const NOTIFIER = 'alert-notifier'
const NOTIFICATIONS = 'alert_notifications'
const TOPOLOGY_TOPICS = ['librenms_devices', 'librenms_ports', 'librenms_links'] as const
const TOPICS = [...BOOK_TOPICS, 'alert_log', NOTIFICATIONS, dlqTopic(NOTIFICATIONS)]
/** How long calls under way may take when it is stopped, ms. */
const GRACE = 5_000
const HOUSEKEEPING = 3_600_000

export interface NotifierOptions {
  readonly bus: Bus
  /** Another handle on the same bus. */
  readonly open: () => Promise<Bus>
  readonly settings: AlertSettings
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
  /** A process that is not heard of for so long loses the lease, ms. */
  readonly sessionTimeout?: number
  /** Told whether this process is the one that notifies. */
  readonly onLease?: (held: boolean) => void
  /** Told what became of each call. */
  readonly onOutcome?: (delivery: Delivery, outcome: Outcome) => void
}

/**
 * Tells receivers of alerts until the signal aborts. Of the processes that run it on one bus one does it, and another takes over when that ends.
 * @throws what {@link makeSenders} throws, before anything is told
 */
export async function runNotifier(options: NotifierOptions): Promise<void> {
  const { bus, open, clock, logger, signal, settings, env, sessionTimeout } = options
  const senders = await makeSenders(settings, { env, now: () => clock.now() })
  await createMissing(bus, TOPICS)
  const unit = { name: NOTIFIER, run: (own: Bus, stop: AbortSignal) => new Notifier(options, own, stop, senders).run() }
  await runUnits({
    ...{ bus, open, job: NOTIFIER, units: [unit], clock, logger, signal },
    ...(sessionTimeout !== undefined && { sessionTimeout }),
    onUnits: (names) => options.onLease?.(names.length > 0),
  })
}

class Notifier {
  readonly #o: NotifierOptions
  readonly #bus: Bus
  readonly #senders: ReadonlyMap<string, Sender>
  /** Aborts when it is stopped, or when something failed. */
  readonly #stop: AbortSignal
  readonly #failed = new AbortController()
  #failure: { error: unknown } | undefined
  #wake: () => void = () => {}
  #woken = false
  #watchers: Array<() => void> = []
  readonly #outcomes: Array<{ delivery: Delivery; outcome: Outcome }> = []
  #flights = 0

  constructor(options: NotifierOptions, bus: Bus, signal: AbortSignal, senders: ReadonlyMap<string, Sender>) {
    this.#o = options
    this.#bus = bus
    this.#senders = senders
    this.#stop = AbortSignal.any([signal, this.#failed.signal])
  }

  async run(): Promise<void> {
    const { settings, clock } = this.#o
    this.#stop.addEventListener('abort', () => this.#wakeUp(), { once: true })
    // From here on whoever was it before can write no more. All that it had seen is to be seen, too: a receiver that was told that an incident is over is
    // told of it again by whoever has old alerts, or does not know what it was told.
    const taken = await this.#bus.takeOver(NOTIFIER, { topics: [...BOOK_TOPICS, NOTIFICATIONS] })
    const { book, positions } = await takeAlertBook(this.#bus, taken, this.#stop)
    const topology = new Topology()
    const plan = dispatchPlan(settings)
    const beside: Array<Promise<void>> = []
    // Caught from its first moment on: it may fail while something else is waited for here.
    const begin = (work: Promise<void>) => void beside.push(work.catch((error: unknown) => this.#fail(error)))
    try {
      for (const topic of BOOK_TOPICS) {
        begin(this.#follow(topic, positions[topic], (key, value) => book.apply(topic as BookTopic, key, value)))
      }
      if (plan.inhibit.some((rule) => rule.topology)) {
        const there = await topicsThere(this.#bus, TOPOLOGY_TOPICS)
        for (const topic of TOPOLOGY_TOPICS) {
          if (!there.has(topic)) continue
          const apply = (key: string, value: Buffer | null) => topology.apply(topic, key, value)
          begin(this.#follow(topic, await this.#readAll(topic, apply), apply))
        }
      }
      const saved = await this.#saved(taken)
      const dispatcher = new Dispatcher(plan, book, topology, saved.values(), clock.now())
      const absence = new Absence(settings.absence ?? [], saved.values(), clock.now())
      await this.#push(book, begin)
      await this.#loop(dispatcher, absence, () => outdated(book, clock.now()))
    } catch (error) {
      this.#fail(error)
    }
    await Promise.all(beside)
    if (this.#failure) throw this.#failure.error
  }

  async #loop(dispatcher: Dispatcher, absence: Absence, tidy: () => Output[]): Promise<void> {
    const { clock } = this.#o
    let lookAt = absence.topics.length > 0 ? clock.now() : Number.POSITIVE_INFINITY
    let tidyAt = clock.now()
    while (!this.#stop.aborted) {
      this.#woken = false
      await this.#settle(dispatcher)
      if (clock.now() >= lookAt) {
        await this.#write(await this.#look(absence))
        lookAt = clock.now() + absence.every
      }
      if (clock.now() >= tidyAt) {
        await this.#write(tidy())
        tidyAt = clock.now() + HOUSEKEEPING
      }
      const now = clock.now()
      await this.#write(dispatcher.step(now))
      for (const delivery of dispatcher.deliveries(now)) void this.#give(delivery)
      await this.#rest(Math.min(dispatcher.due(now), lookAt, tidyAt) - now)
    }
    // What was given is noted, so that it need not be given again.
    const patience = clock.now() + GRACE
    while (this.#flights > 0 && clock.now() < patience && !this.#failure) {
      this.#woken = false
      await this.#rest(patience - clock.now())
    }
    if (!this.#failure) await this.#settle(dispatcher)
  }

  async #settle(dispatcher: Dispatcher): Promise<void> {
    const settled = this.#outcomes.splice(0)
    if (settled.length === 0) return
    // In one transaction: the sooner they are noted, the fewer are given again after a kill.
    const now = this.#o.clock.now()
    await this.#write(settled.flatMap(({ delivery, outcome }) => dispatcher.outcome(delivery, outcome, now)))
    for (const { delivery, outcome } of settled) {
      this.#o.onOutcome?.(delivery, outcome)
      this.#say(delivery, outcome)
    }
  }

  async #give(delivery: Delivery): Promise<void> {
    const sender = this.#senders.get(delivery.target)
    this.#flights++
    const outcome: Outcome = sender
      ? // Not the signal of this run: a call under way may end, or the receiver would get it twice.
        await sender
          .send(webhookBody(delivery, this.#o.settings), new AbortController().signal)
          .catch((): Outcome => ({ kind: 'later', why: 'failed' }))
      : { kind: 'refused', why: 'there is no such receiver' }
    this.#flights--
    this.#outcomes.push({ delivery, outcome })
    this.#wakeUp()
  }

  #say({ target, attempt, alerts }: Delivery, outcome: Outcome): void {
    const { logger } = this.#o
    if (outcome.kind === 'taken') logger.debug(`${target}: told of ${plural(alerts.length, 'alert')}`)
    else if (outcome.kind === 'refused')
      logger.warn(`${target} refuses a notification: ${outcome.why}; it is in ${dlqTopic(NOTIFICATIONS)}`)
    else if (attempt === 1 || attempt % 10 === 0) logger.warn(`${target} does not take a notification (attempt ${attempt}): ${outcome.why}`)
  }

  /** Together or not at all. */
  async #write(outputs: readonly Output[]): Promise<void> {
    if (outputs.length === 0) return
    const topics = new Map<string, Output[]>()
    for (const output of outputs) topics.set(output.topic, [...(topics.get(output.topic) ?? []), output])
    await this.#bus.transact({ id: NOTIFIER, appends: [...topics].map(([topic, records]) => ({ topic, records })) })
  }

  async #look(absence: Absence): Promise<Output[]> {
    const there = await topicsThere(this.#bus, absence.topics)
    const outputs: Output[] = []
    for (const topic of absence.topics) {
      const ends = there.has(topic) ? (await this.#bus.offsets(topic)).reduce((sum, { latest }) => sum + latest, 0) : undefined
      outputs.push(...absence.observe(topic, ends, this.#o.clock.now()))
    }
    return outputs
  }

  async #push(book: AlertBook, begin: (work: Promise<void>) => void): Promise<void> {
    const { settings, env, clock, logger } = this.#o
    for (const each of settings.alertmanagers ?? []) {
      const headers = await authorizationOf(each, { env, now: () => clock.now() })
      const timeout = parseDuration(each.timeout ?? DEFAULT_TIMEOUT) ?? 10_000
      const changed = () => new Promise<void>((resolve) => this.#watchers.push(resolve))
      begin(runPush({ url: each.url, headers, timeout, links: settings, book, clock, logger, signal: this.#stop, changed }))
    }
  }

  async #saved(taken: TakenOver): Promise<Map<string, AlertNotification>> {
    const saved = new Map<string, AlertNotification>()
    for await (const batch of readStanding(this.#bus, NOTIFICATIONS, taken, this.#stop)) {
      for (let i = 0; i < batch.count; i++) {
        const [key, value] = [String(batch.key(i) ?? ''), batch.value(i)]
        saved.delete(key)
        if (value === null) continue
        try {
          saved.set(key, JSON.parse(String(value)))
        } catch {
          this.#o.logger.warn(`${NOTIFICATIONS}: the record of ${key} cannot be read; what that receiver knows is forgotten`)
        }
      }
    }
    return saved
  }

  /** Of topics that are others': a link that came a moment ago may be missing, as it would be had LibreNMS seen it a moment later. @returns where to go on */
  async #readAll(topic: string, take: (key: string, value: Buffer | null) => void): Promise<PartitionRange[]> {
    const ranges: PartitionRange[] = []
    for (const { partition, earliest, latest } of await this.#bus.offsets(topic)) {
      for await (const batch of this.#bus.read({ topic, partitions: [{ partition, from: earliest, to: latest }], signal: this.#stop }))
        for (let i = 0; i < batch.count; i++) take(String(batch.key(i) ?? ''), batch.value(i))
      ranges.push({ partition, from: latest })
    }
    return ranges
  }

  async #follow(topic: string, partitions: readonly PartitionRange[], take: (key: string, value: Buffer | null) => void): Promise<void> {
    for await (const batch of this.#bus.read({ topic, partitions, follow: true, signal: this.#stop })) {
      for (let i = 0; i < batch.count; i++) take(String(batch.key(i) ?? ''), batch.value(i))
      if (batch.count > 0) this.#wakeUp()
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#failed.abort()
    this.#wakeUp()
  }

  #wakeUp(): void {
    this.#woken = true
    this.#wake()
    for (const watcher of this.#watchers.splice(0)) watcher()
  }

  /** Until something comes, or for `ms`. */
  async #rest(ms: number): Promise<void> {
    if (this.#woken || ms <= 0) return
    const up = new AbortController()
    this.#wake = () => up.abort()
    await this.#o.clock.sleep(Math.min(ms, 60_000), up.signal)
    this.#wake = () => {}
  }
}
