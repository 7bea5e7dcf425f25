import { messageOf, ShitopsError } from '../../../base/errors.ts'
import type { LibrenmsDoorbell } from '../../../events/index.ts'
import type { CollectorContext } from '../../collector.ts'
import type { Probe } from '../client/probe.ts'
import type { LibrenmsConfig } from '../config.ts'
import { listen, noteRing } from './doorbell.ts'
import { followLogs, openLogs } from './follow-logs.ts'
import { scheduleFor } from './schedule.ts'
import { Session } from './session.ts'
import { sweepAlerts } from './sweep-alerts.ts'
import { Sweeper } from './sweeper.ts'
import { TargetedReads } from './targeted-reads.ts'

/** Offsets of time zones change twice a year; whoever runs for months notices within so long, ms. */
const PROBE_AGAIN = 6 * 3_600_000

/**
 * The sync of one LibreNMS in two lanes that run beside each other: one follows the logs and looks at what they are about, so that a change
 * is seen at once; the other sweeps, so that what no log tells of is seen at all.
 */
export class Sync {
  readonly session: Session
  probe: Probe
  readonly #reads: TargetedReads
  readonly #sweeper: Sweeper
  #nextTail = 0
  #lastTail = 0
  /** Ends the rests of the lanes. */
  readonly #resting = new Set<() => void>()
  #nextAlerts = 0
  #nextProbe: number
  readonly #failing = new Map<string, string>()

  private constructor(session: Session, probe: Probe) {
    this.session = session
    this.probe = probe
    this.#reads = new TargetedReads(session)
    this.#sweeper = new Sweeper(session)
    this.#nextProbe = session.context.clock.now() + PROBE_AGAIN
  }

  /** Looks at LibreNMS before the bus is touched, then takes up where the last run ended. */
  static async open(context: CollectorContext<LibrenmsConfig>): Promise<Sync> {
    const probe = await context.config.api.probe()
    for (const remark of probe.remarks) context.logger.warn(`LibreNMS: ${remark}`)
    const session = await Session.open(context)
    session.zone = context.config.zone ?? probe.zone
    session.state.version = probe.version
    if (probe.logs) await openLogs(session)
    return new Sync(session, probe)
  }

  /** The fast lane, once: new rows of the logs, what they are about, and the alerts when their time has come. */
  async follow(): Promise<void> {
    const { session } = this
    const { clock, config } = session.context
    if (this.probe.logs && clock.now() >= this.#nextTail) {
      this.#lastTail = clock.now()
      this.#nextTail = this.#lastTail + config.tailInterval
      await followLogs(session, (device) => this.#reads.heard(device))
      await session.store.flush()
    }
    await this.#reads.run()
    if (clock.now() >= this.#nextAlerts) await this.#alerts()
  }

  /** The slow lane, once. @returns whether more is due now */
  async sweep(): Promise<boolean> {
    const { clock, config } = this.session.context
    if (clock.now() >= this.#nextProbe) {
      this.#nextProbe = clock.now() + PROBE_AGAIN
      this.probe = await config.api.probe()
      this.session.zone = config.zone ?? this.probe.zone
      this.session.state.version = this.probe.version
    }
    return this.#sweeper.run()
  }

  /** Everything once, whatever was read before. @throws SHITOPS_E_LIBRENMS_FEWER when deletions were refused */
  async everything(): Promise<void> {
    const { session } = this
    session.store.everything = session.context.config.full
    this.#nextTail = 0
    this.#nextAlerts = 0
    await this.follow()
    this.#sweeper.dueNow()
    while (await this.sweep());
    await this.#settle()
    await session.lettersWritten()
    session.store.everything = false
    if (session.refusal === undefined) return
    throw new ShitopsError('SHITOPS_E_LIBRENMS_FEWER', session.refusal, {
      suggestions: ['look at the rights of the token’s user', '--allow-mass-delete where they are really gone'],
    })
  }

  /** Until the signal aborts. @throws what the bus throws */
  async run(): Promise<void> {
    const { signal, config } = this.session.context
    if (config.full) this.session.store.everything = true
    await Promise.all([
      listen(config, signal, (ring) => this.#rang(ring)),
      this.#lane(
        'following',
        signal,
        () => this.follow(),
        () => this.#followDue,
      ),
      this.#lane(
        'sweeping',
        signal,
        async () => {
          while (!signal.aborted && (await this.sweep()));
          this.session.store.everything = false
        },
        () => this.#sweeper.due,
      ),
    ])
    await this.session.store.flush()
    await this.session.lettersWritten()
  }

  /** Somebody says that something changed: the lanes see to it at once. */
  #rang(ring: LibrenmsDoorbell): void {
    const { store, state, context } = this.session
    context.metrics.add('rings')
    // A receiver that reads alerts itself may have written over a newer state: what is read now is written whatever it is.
    if (ring.rung_by === 'webhook' && ring.alert_id !== undefined) store.known.librenms_alerts.delete(ring.device_id, ring.alert_id)
    const { look, tail } = noteRing(state, ring)
    if (look !== undefined) this.#reads.heard(look)
    // However often it rings, the logs are not asked for more than once a second.
    if (tail) this.#nextTail = Math.min(this.#nextTail, this.#lastTail + RING_PAUSE)
    for (const end of this.#resting) end()
  }

  /** Second looks that are still to come are taken now: nothing comes after. */
  async #settle(): Promise<void> {
    const { clock, signal } = this.session.context
    for (let due = this.#reads.due; due !== undefined && !signal.aborted; due = this.#reads.due) {
      await clock.sleep(Math.max(0, due - clock.now()), signal)
      await this.#reads.run()
    }
  }

  async #alerts(): Promise<void> {
    const { session } = this
    const started = session.context.clock.now()
    const rows = await sweepAlerts(session)
    await session.store.flush()
    const report = { at: new Date(session.context.clock.now()).toISOString(), rows, took_ms: session.context.clock.now() - started }
    await session.commit([], (state) => {
      state.sweeps.alerts = report
    })
    this.#nextAlerts = started + scheduleFor(session.fleet.devices.size).alerts
  }

  get #followDue(): number {
    const tail = this.probe.logs ? this.#nextTail : Number.POSITIVE_INFINITY
    return Math.min(tail, this.#nextAlerts, this.#reads.due ?? Number.POSITIVE_INFINITY)
  }

  /** Until so long, ms, has passed; a ring ends it early, unless LibreNMS is failing and is to be left alone. */
  async #rest(ms: number, signal: AbortSignal, undisturbed: boolean): Promise<void> {
    const rest = new AbortController()
    const end = () => rest.abort()
    signal.addEventListener('abort', end, { once: true })
    if (!undisturbed) this.#resting.add(end)
    try {
      await this.session.context.clock.sleep(ms, rest.signal)
    } finally {
      this.#resting.delete(end)
      signal.removeEventListener('abort', end)
    }
  }

  /** Does the work whenever it is due; when LibreNMS fails, again later. */
  async #lane(name: string, signal: AbortSignal, work: () => Promise<void>, due: () => number): Promise<void> {
    const { clock, config } = this.session.context
    while (!signal.aborted) {
      const failed = await this.#attempt(name, work)
      if (signal.aborted) return
      const wait = failed ? Math.max(PAUSE, config.api.rest) : Math.max(MOMENT, due() - clock.now())
      await this.#rest(Math.min(wait, LONGEST), signal, failed)
    }
  }

  /** What LibreNMS does wrong is told once and outlived; everything else ends the run. @returns whether it failed */
  async #attempt(name: string, work: () => Promise<void>): Promise<boolean> {
    const { logger, metrics, signal } = this.session.context
    try {
      await work()
      if (this.#failing.delete(name)) logger.info(`LibreNMS: ${name} again`)
      return false
    } catch (error) {
      if (signal.aborted) return true
      const code = String((error as { code?: unknown }).code)
      if (!code.startsWith('SHITOPS_E_LIBRENMS_')) throw error
      metrics.add('failures')
      if (code !== 'SHITOPS_E_LIBRENMS_CIRCUIT' && this.#failing.get(name) !== code) logger.warn(`${messageOf(error)} (${name})`)
      this.#failing.set(
        name,
        this.#failing.get(name) === undefined || code !== 'SHITOPS_E_LIBRENMS_CIRCUIT' ? code : (this.#failing.get(name) ?? code),
      )
      return true
    }
  }
}

const RING_PAUSE = 1_000

/** After a failure, ms. */
const PAUSE = 5_000
/** Between two turns of a lane at least, ms; at most, so that new work is met. */
const MOMENT = 20
const LONGEST = 1_000
