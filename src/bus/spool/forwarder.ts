import type { Clock } from '../../base/clock.ts'
import { hasCode, isOurs, messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import type { AppendResult, Bus } from '../bus.ts'
import { Changes } from './changes.ts'
import type { Spooled } from './entry.ts'
import type { SpoolStats, SpoolTotals } from './limits.ts'
import { watchOtherForwarder } from './other-forwarder.ts'
import { Places } from './places.ts'
import { Progress } from './progress.ts'
import { asRefused, isRefusal } from './refusal.ts'
import { sendEntries } from './send.ts'
import type { SpoolStore } from './store.ts'
import { Target } from './target.ts'

const BATCH = { maxRecords: 2_000, maxBytes: 1 << 20 }
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
const DROP_TOLD_MS = 60_000
/** A broker that has just started does not know its topics yet, and says that there are none: for so long after an outage that is not believed. */
const UNKNOWN_FOR_MS = 15_000
const UNKNOWN_LOOK_MS = 500
/** Failures that no waiting mends: they are told at the start. */
const FATAL = new Set<string>(['SHITOPS_E_BUS_URL', 'SHITOPS_E_BUS_AUTH', 'SHITOPS_E_SECRET_MODE', 'SHITOPS_E_FILE', 'SHITOPS_E_NO_MODULE'])

export interface ForwarderParts {
  store: SpoolStore
  /** A new one each time; rejects while the target is away. */
  openTarget(): Promise<Bus>
  clock: Clock
  logger: Logger
}

type State = SpoolStats['state']

/** Carries what is in a spool to the target: in its order, each record once, whatever ends in between. */
export class Forwarder {
  readonly #parts: ForwarderParts
  readonly #stop = new AbortController()
  readonly #changes = new Changes(this.#stop.signal)
  readonly #progress = new Progress()
  readonly #places = new Places()
  #target: Target | undefined
  #state: State = 'starting'
  /** Most records at once; 1 while it is being found out which one the target refuses. */
  #careful = BATCH.maxRecords
  /** When the target came back last, after it had been away. */
  #returnedAt = Number.NEGATIVE_INFINITY
  /** What the target said to a record that was sent alone. */
  #refusal: unknown
  #toldDrop = Number.NEGATIVE_INFINITY
  /** Why the target is away. */
  #reason: unknown
  #running: Promise<void> | undefined

  constructor(parts: ForwarderParts) {
    this.#parts = parts
  }

  get state(): State {
    return this.#state
  }

  /** Offset of the spool up to which everything has been forwarded, as this process knows. */
  get position(): number {
    return this.#progress.position
  }

  /** Offset of the first entry that waits. */
  get next(): number {
    return this.#progress.next
  }

  get totals(): SpoolTotals {
    return this.#progress.totals
  }

  /** Why the target is away. */
  get reason(): unknown {
    return this.#reason
  }

  /** The target was away until a moment ago: where it says that there is no such topic, it may not know yet. */
  get justBack(): boolean {
    return this.#parts.clock.now() - this.#returnedAt < UNKNOWN_FOR_MS
  }

  /** The target, while it is there. */
  get target(): Target | undefined {
    return this.#state === 'away' || this.#state === 'starting' ? undefined : this.#target
  }

  /** Begins; resolves when it is known whether the target is there. @throws what says that the target can never be reached like this */
  async start(): Promise<void> {
    this.#progress.recall(await this.#parts.store.position())
    this.#running = this.#run()
    await this.until(() => this.#state !== 'starting')
    if (isOurs(this.#reason) && FATAL.has(this.#reason.code)) {
      await this.stop()
      throw this.#reason
    }
  }

  /** Resolves once `holds` does; looks whenever something has changed. */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#changes.until(holds, signal)
  }

  /** Where the entries of an append went, once; empty where that is not known here. @throws why the target refused one of them */
  placesOf(from: number, to: number): AppendResult[] {
    return this.#places.take(from, to)
  }

  /** Entries from before `start` are gone: what of them was not forwarded is counted. */
  noticeGap(start: number): void {
    if (this.#state === 'other') return
    if (this.#progress.noticeGap(start)) this.#tellDropped()
  }

  #tellDropped(): void {
    const { clock, logger, store } = this.#parts
    if (clock.now() - this.#toldDrop < DROP_TOLD_MS) return
    this.#toldDrop = clock.now()
    logger.error(`the spool ${store.directory} is full or too old: ${this.totals.dropped} of its oldest entries are dropped by now`)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#changes.tell()
    await this.#running
    await this.#target?.bus.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    let pause = FIRST_PAUSE_MS
    while (!signal.aborted) {
      try {
        await this.#connect()
        pause = FIRST_PAUSE_MS
        if (this.#refusal !== undefined) await this.#setAside()
        for (;;) {
          await this.#drain()
          if (signal.aborted) return
          await this.#parts.store.more(this.position, signal)
        }
      } catch (error) {
        if (signal.aborted) return
        if (hasCode(error, 'SHITOPS_E_FENCED')) await this.#watchOther()
        else if (!(await this.#refusedSome(error))) {
          await this.#away(error)
          await this.#parts.clock.sleep(pause, signal)
          pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
        }
      }
    }
  }

  async #connect(): Promise<void> {
    const { store, openTarget, clock, logger } = this.#parts
    this.#target ??= new Target(await this.#unlessStopped(openTarget()), store.id, () => clock.now())
    this.#progress.recall(await store.position())
    const { entries } = await store.take(this.position, BATCH)
    const waiting = entries.flatMap(({ entry }) => (entry.kind === 'record' ? [entry.topic] : []))
    const remote = await this.#target.takeOver(waiting[0])
    this.#progress.recall(await store.position())
    this.#progress.settle(remote)
    const { start, end } = await store.bounds()
    this.noticeGap(start)
    if (this.#state === 'away') {
      this.#returnedAt = clock.now()
      logger.info(`the target is there again: ${plural(end - this.position, 'entry of the spool goes', 'entries of the spool go')} out`)
    }
    this.#reason = undefined
    this.#enter(this.position < end ? 'behind' : 'level')
  }

  /** Nobody is to wait for brokers that are away when they want to end. */
  async #unlessStopped(opening: Promise<Bus>): Promise<Bus> {
    const { signal } = this.#stop
    const stopped = this.until(() => false, signal)
    const bus = await Promise.race([opening, stopped])
    if (bus) return bus
    opening.then((late) => late.close()).catch(() => {})
    throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', 'stopped while the target was being opened')
  }

  /** Until nothing waits. It is level once what waited at one moment has gone, however much comes meanwhile: a source that never pauses is no backlog. */
  async #drain(): Promise<void> {
    const { store } = this.#parts
    const { signal } = this.#stop
    while (!signal.aborted) {
      const { start, end } = await store.bounds()
      this.noticeGap(start)
      const { entries, next } = await store.take(this.position, { ...BATCH, maxRecords: this.#careful })
      const some = next !== this.position
      if (some) {
        await this.#forward(entries, next)
        this.#careful = Math.min(BATCH.maxRecords, this.#careful * 2)
      }
      if (this.#state === 'behind' && this.position >= end && !signal.aborted) this.#enter('level')
      if (!some) break
    }
  }

  async #forward(entries: readonly Spooled[], next: number): Promise<void> {
    const { store } = this.#parts
    this.#progress.unsettled()
    await sendEntries(this.#requireTarget(), entries, next, async ({ position, records, places }) => {
      this.#places.add(places)
      this.#progress.moved(position, records)
      this.#changes.tell()
      await store.forwarded(position, this.#progress.counted)
      // Whoever waits has looked by the time the next batch is through.
      this.#places.forget(position - 4 * BATCH.maxRecords)
    })
    this.#progress.settled()
  }

  /**
   * The target will not take something of what was sent: it is sent again in smaller parts, and alone it goes where refused records go.
   * False where the failure is another one.
   */
  async #refusedSome(error: unknown): Promise<boolean> {
    if (!isRefusal(error)) return false
    const { clock } = this.#parts
    this.#target?.forget()
    if (this.#careful > 1) {
      this.#careful = Math.max(1, Math.floor(this.#careful / 32))
      return true
    }
    if (this.justBack && hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) await clock.sleep(UNKNOWN_LOOK_MS, this.#stop.signal)
    else this.#refusal = error
    return true
  }

  async #setAside(): Promise<void> {
    const { store, clock, logger } = this.#parts
    const error = this.#refusal
    this.#refusal = undefined
    const { entries, next } = await store.take(this.position, { maxRecords: 1, maxBytes: 1 })
    const [spooled] = entries
    if (!spooled) return
    if (this.totals.refused === 0)
      logger.error(`the target refuses a record, which stays in the spool (topic spool.refused): ${messageOf(error)}`)
    this.#places.refuse(spooled.offset, error)
    this.#progress.refused(next)
    await store.forwarded(next, this.#progress.counted, [asRefused(spooled, error, clock.now())])
    this.#changes.tell()
  }

  #requireTarget(): Target {
    if (!this.#target) throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', 'the target is not open')
    return this.#target
  }

  async #away(reason: unknown): Promise<void> {
    const { store, logger } = this.#parts
    const first = this.#state !== 'away'
    this.#reason = reason
    if (first) {
      const { end } = await store.bounds()
      const what = end > this.position ? 'records wait in' : 'and nothing waits so far in'
      logger.warn(`the target is away, ${what} ${store.directory}: ${messageOf(reason)}`)
    }
    this.#enter('away')
  }

  /** Another process has taken over: it forwards what we spool, too. Returns when it has moved nothing for a while although something waits. */
  async #watchOther(): Promise<void> {
    const { store, clock, logger } = this.#parts
    const { signal } = this.#stop
    const target = this.#target
    if (this.#state !== 'other') logger.info(`another process forwards from ${store.directory}; it carries what this one collects`)
    this.#enter('other')
    await watchOtherForwarder({ store, clock, signal, progress: this.#progress, onMoved: () => this.#changes.tell() })
    // Fenced once, this one's name stays fenced: take over with a new one.
    this.#target = undefined
    await target?.bus.close()
  }

  #enter(state: State): void {
    this.#state = state
    this.#changes.tell()
  }
}
