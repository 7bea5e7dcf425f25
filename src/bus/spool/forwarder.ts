import type { Clock } from '../../base/clock.ts'
import { hasCode, isOurs, messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import type { AppendResult, Bus, OutRecord } from '../bus.ts'
import type { Spooled } from './entry.ts'
import type { SpoolStats, SpoolTotals } from './limits.ts'
import type { SpoolStore } from './store.ts'
import { Target } from './target.ts'

const BATCH = { maxRecords: 2_000, maxBytes: 1 << 20 }
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
/** Another process that has moved nothing for this long while something waits is taken for gone. */
const OTHER_IDLE_MS = 10_000
const OTHER_LOOK_MS = 250
const DROP_TOLD_MS = 60_000
/** What the target will not take whenever it is sent. */
const REFUSALS = ['SHITOPS_E_TOPIC_UNKNOWN', 'SHITOPS_E_TOPIC_INVALID', 'SHITOPS_E_RECORD_INVALID'] as const

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
  readonly #watchers = new Set<() => void>()
  readonly #places = new Map<number, AppendResult>()
  readonly #refusals = new Map<number, unknown>()
  #target: Target | undefined
  #state: State = 'starting'
  #position = 0
  #totals: SpoolTotals = { forwarded: 0, dropped: 0, refused: 0 }
  /** What was sent last, by us or by whoever was before us, may be at the target or not. */
  #unsettled = true
  /** Entries that are gone from before their turn, while that is so. */
  #gone = 0
  /** Most records at once; 1 while it is being found out which one the target refuses. */
  #careful = BATCH.maxRecords
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
    return this.#position
  }

  /** Offset of the first entry that waits. */
  get next(): number {
    return this.#position + this.#gone
  }

  get totals(): SpoolTotals {
    return { ...this.#totals, dropped: this.#totals.dropped + this.#gone }
  }

  /** Why the target is away. */
  get reason(): unknown {
    return this.#reason
  }

  /** The target, while it is there. */
  get target(): Target | undefined {
    return this.#state === 'away' || this.#state === 'starting' ? undefined : this.#target
  }

  /** Begins; resolves when it is known whether the target is there. @throws what says that the target can never be reached like this */
  async start(): Promise<void> {
    await this.#recall()
    this.#running = this.#run()
    await this.until(() => this.#state !== 'starting')
    if (isOurs(this.#reason) && FATAL.has(this.#reason.code)) {
      await this.stop()
      throw this.#reason
    }
  }

  /** Resolves once `holds` does; looks whenever something has changed. */
  async until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    while (!holds() && !signal?.aborted && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#watchers.delete(done)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        this.#watchers.add(done)
        signal?.addEventListener('abort', done)
      })
    }
  }

  /** Where the entries of an append went, once; empty where that is not known here. @throws why the target refused one of them */
  placesOf(from: number, to: number): AppendResult[] {
    const places: AppendResult[] = []
    let refused: unknown
    for (let offset = from; offset < to; offset++) {
      const place = this.#places.get(offset)
      if (place) places.push(place)
      refused ??= this.#refusals.get(offset)
      this.#places.delete(offset)
      this.#refusals.delete(offset)
    }
    if (refused !== undefined) throw refused
    return places
  }

  /** Entries from before `start` are gone: what of them was not forwarded is counted. */
  noticeGap(start: number): void {
    if (this.#state === 'other') return
    this.#gone = Math.max(0, start - this.#position)
    if (this.#gone === 0) return
    this.#tellDropped()
    if (this.#unsettled) return
    this.#totals = this.totals
    this.#position = start
    this.#gone = 0
  }

  #tellDropped(): void {
    const { clock, logger, store } = this.#parts
    if (clock.now() - this.#toldDrop < DROP_TOLD_MS) return
    this.#toldDrop = clock.now()
    logger.error(`the spool ${store.directory} is full or too old: ${this.totals.dropped} of its oldest entries are dropped by now`)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#changed()
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
          await this.#parts.store.more(this.#position, signal)
        }
      } catch (error) {
        if (signal.aborted) return
        if (hasCode(error, 'SHITOPS_E_FENCED')) await this.#watchOther()
        else if (!this.#refusedSome(error)) {
          this.#away(error)
          await this.#parts.clock.sleep(pause, signal)
          pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
        }
      }
    }
  }

  async #connect(): Promise<void> {
    const { store, openTarget, clock, logger } = this.#parts
    this.#target ??= new Target(await this.#unlessStopped(openTarget()), store.id, () => clock.now())
    const remote = await this.#target.takeOver()
    await this.#recall()
    // Written, and then nobody could note it in the spool.
    if (remote > this.#position) this.#totals = { ...this.#totals, forwarded: this.#totals.forwarded + remote - this.#position }
    this.#position = Math.max(this.#position, remote)
    this.#unsettled = false
    const { start, end } = await store.bounds()
    this.noticeGap(start)
    if (this.#state === 'away')
      logger.info(`the target is there again: ${plural(end - this.#position, 'entry of the spool goes', 'entries of the spool go')} out`)
    this.#reason = undefined
    this.#enter(this.#position < end ? 'behind' : 'level')
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

  /** What is noted in the spool, where it is further than what we know. */
  async #recall(): Promise<void> {
    const { position, totals } = await this.#parts.store.position()
    if (position > this.#position) this.#totals = totals
    this.#position = Math.max(this.#position, position)
  }

  /** Until nothing waits. It is level once what waited at one moment has gone, however much comes meanwhile: a source that never pauses is no backlog. */
  async #drain(): Promise<void> {
    const { store } = this.#parts
    const { signal } = this.#stop
    while (!signal.aborted) {
      const { start, end } = await store.bounds()
      this.noticeGap(start)
      const { entries, next } = await store.take(this.#position, { ...BATCH, maxRecords: this.#careful })
      const some = next !== this.#position
      if (some) {
        await this.#forward(entries, next)
        this.#careful = Math.min(BATCH.maxRecords, this.#careful * 2)
      }
      if (this.#state === 'behind' && this.#position >= end && !signal.aborted) this.#enter('level')
      if (!some) break
    }
  }

  /** Entries up to `next`, in order: records in transactions, and in between what is no record. */
  async #forward(entries: readonly Spooled[], next: number): Promise<void> {
    this.#unsettled = true
    for (let i = 0; i < entries.length; ) {
      let to = i
      while (entries[to]?.entry.kind === 'record') to++
      const run = entries.slice(i, to)
      const control = entries[to]
      if (run.length > 0) {
        const end = control?.offset ?? next
        const places = await this.#requireTarget().write(run, end)
        for (const [offset, place] of places) this.#places.set(offset, place)
        await this.#moved(end, run.length)
      }
      if (control) {
        await this.#control(control)
        await this.#moved(control.offset + 1, 0)
      }
      i = to + 1
    }
    if (this.#position < next) await this.#moved(next, 0)
    this.#unsettled = false
  }

  /** A topic, or the offsets of a group: done twice it is as done once. */
  async #control({ entry }: Spooled): Promise<void> {
    const { bus } = this.#requireTarget()
    if (entry.kind === 'topic') {
      await bus.createTopic(entry.spec).catch((error: unknown) => {
        if (!hasCode(error, 'SHITOPS_E_TOPIC_EXISTS')) throw error
      })
      this.#requireTarget().forget()
    } else if (entry.kind === 'offsets') {
      const { group, commits } = entry
      await bus.commitOffsets(group, commits)
    }
  }

  async #moved(position: number, records: number): Promise<void> {
    this.#position = position
    this.#totals = { ...this.#totals, forwarded: this.#totals.forwarded + records }
    this.#changed()
    await this.#parts.store.forwarded(position, this.#totals)
    this.#forgetPlaces()
  }

  /**
   * The target will not take something of what was sent: it is sent again in smaller parts, and alone it goes where refused records go.
   * False where the failure is another one.
   */
  #refusedSome(error: unknown): boolean {
    if (!REFUSALS.some((code) => hasCode(error, code))) return false
    this.#target?.forget()
    if (this.#careful > 1) {
      this.#careful = Math.max(1, Math.floor(this.#careful / 32))
      return true
    }
    this.#refusal = error
    return true
  }

  async #setAside(): Promise<void> {
    const { store, clock, logger } = this.#parts
    const error = this.#refusal
    this.#refusal = undefined
    const { entries, next } = await store.take(this.#position, { maxRecords: 1, maxBytes: 1 })
    const [spooled] = entries
    if (!spooled) return
    const refused = { ...this.#totals, refused: this.#totals.refused + 1 }
    if (this.#totals.refused === 0)
      logger.error(`the target refuses a record, which stays in the spool (topic spool.refused): ${messageOf(error)}`)
    this.#totals = refused
    this.#refusals.set(spooled.offset, error)
    this.#position = next
    await store.forwarded(next, refused, [asRefused(spooled, error, clock.now())])
    this.#changed()
  }

  #requireTarget(): Target {
    if (!this.#target) throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', 'the target is not open')
    return this.#target
  }

  #away(reason: unknown): void {
    const first = this.#state !== 'away'
    this.#reason = reason
    if (first) this.#parts.logger.warn(`the target is away, records wait in ${this.#parts.store.directory}: ${messageOf(reason)}`)
    this.#enter('away')
  }

  /** Another process has taken over: it forwards what we spool, too. Returns when it has moved nothing for a while although something waits. */
  async #watchOther(): Promise<void> {
    const { store, clock, logger } = this.#parts
    const { signal } = this.#stop
    const target = this.#target
    if (this.#state !== 'other') logger.info(`another process forwards from ${store.directory}; it carries what this one collects`)
    this.#enter('other')
    let idleSince = clock.now()
    while (!signal.aborted) {
      await clock.sleep(OTHER_LOOK_MS, signal)
      const { position, totals } = await store.position()
      const { end } = await store.bounds()
      const moved = position > this.#position
      this.#position = Math.max(this.#position, position)
      this.#totals = totals
      if (moved || position >= end) idleSince = clock.now()
      if (moved) this.#changed()
      if (clock.now() - idleSince > OTHER_IDLE_MS) break
    }
    // Fenced once, this one's name stays fenced: take over with a new one.
    this.#target = undefined
    await target?.bus.close()
  }

  #enter(state: State): void {
    this.#state = state
    this.#changed()
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look()
  }

  /** Whoever waits has looked by the time the next batch is through. */
  #forgetPlaces(): void {
    const old = this.#position - 4 * BATCH.maxRecords
    for (const map of [this.#places, this.#refusals]) {
      for (const offset of map.keys()) {
        if (offset >= old) break
        map.delete(offset)
      }
    }
  }
}

/** Failures that no waiting mends: they are told at the start. */
const FATAL = new Set<string>(['SHITOPS_E_BUS_URL', 'SHITOPS_E_BUS_AUTH', 'SHITOPS_E_SECRET_MODE', 'SHITOPS_E_FILE', 'SHITOPS_E_NO_MODULE'])

/** A refused entry, for a person to look at: key, value and headers as they were, and why. */
function asRefused({ entry }: Spooled, error: unknown, now: number): OutRecord {
  const reason = { 'refused-code': isOurs(error) ? error.code : 'SHITOPS_E_BUG', 'refused-reason': messageOf(error) }
  if (entry.kind !== 'record') return { key: null, value: JSON.stringify(entry), timestamp: now, headers: Object.entries(reason) }
  const { key, value, headers = [] } = entry.record
  return { key, value, timestamp: now, headers: [['refused-topic', entry.topic], ...Object.entries(reason), ...headers] }
}
