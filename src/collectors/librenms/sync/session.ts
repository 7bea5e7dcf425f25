import type { OutRecord } from '../../../bus/bus.ts'
import type { LibrenmsDevice } from '../../../events/event-types.ts'
import { dlqRecord, dlqTopic } from '../../../events/index.ts'
import type { CollectorContext } from '../../collector.ts'
import type { LibrenmsApi, Row } from '../client/api.ts'
import { fixedZone, type OffsetAt } from '../client/zone.ts'
import type { LibrenmsConfig } from '../config.ts'
import type { DecodeContext, Decoded } from '../decode/context.ts'
import { Samples } from '../samples/samples.ts'
import { Fleet, uptimeOf } from './fleet.ts'
import { believable } from './guard.ts'
import { loadRows } from './load-rows.ts'
import { hasRebooted } from './passing-fields.ts'
import { ReadOrder } from './read-order.ts'
import { RowStore } from './row-store.ts'
import { type RowOf, type RowTopic, rowTopics } from './row-topics.ts'
import { type SyncState, stateRecord, takeState } from './sync-state.ts'

/** A problem of a kind is said once, then every so many times. */
const SAMPLE_EVERY = 1_000

/** What all parts of the sync share: what the bus has, how far it has come, and how rows get there. */
export class Session {
  readonly api: LibrenmsApi
  readonly store: RowStore
  readonly fleet = new Fleet()
  readonly samples: Samples
  readonly context: CollectorContext<LibrenmsConfig>
  readonly source: string
  state: SyncState
  zone: OffsetAt = fixedZone(0)
  readonly order = new ReadOrder()
  /** The last refusal to take things for gone; undefined: none in this run. */
  refusal: string | undefined
  #problems = 0
  #committing: Promise<void> = Promise.resolve()
  /** Dead letters that are on their way. */
  readonly #letters = new Set<Promise<void>>()

  private constructor(context: CollectorContext<LibrenmsConfig>, state: SyncState) {
    const { config } = context
    this.context = context
    this.api = config.api
    this.state = state
    this.source = config.instance === undefined ? '/librenms' : `/librenms/${config.instance}`
    this.store = new RowStore({ ...context, bus: config.bus }, config.instance, this.source)
    this.samples = new Samples({ ...context, bus: config.bus }, this.source)
  }

  /** Takes over from whoever synced this instance before, and reads back what is on the bus. */
  static async open(context: CollectorContext<LibrenmsConfig>): Promise<Session> {
    const { bus, instance } = context.config
    // All of it: with an old cursor rows of the logs would be written again, and a row that is on the bus otherwise than we know would not be when it is
    // again as we know it.
    const taken = await bus.takeOver(transactionId(instance), { topics: ['librenms_state', ...rowTopics] })
    const session = new Session(context, await takeState(bus, taken, instance))
    await loadRows(bus, taken, session.store, instance, (topic, _device, _id, value) => {
      if (topic === 'librenms_devices') session.fleet.device(JSON.parse(value), false)
      if (topic === 'librenms_alerts') session.fleet.alert(JSON.parse(value))
    })
    // A tombstone may have come after what was read of a row.
    for (const id of session.fleet.devices.keys())
      if (session.store.known.librenms_devices.countOf(id) === 0) session.fleet.devices.delete(id)
    for (const [id, { device }] of session.fleet.alerts) {
      if (session.store.known.librenms_alerts.hash(device, id) === undefined) session.fleet.alerts.delete(id)
    }
    return session
  }

  get decoding(): DecodeContext {
    const { instance, person, own } = this.context.config
    return { instance, zone: this.zone, person, own: own ?? new Set() }
  }

  /** A decoded row goes to its topic, one that could not be decoded to the topic's dead letters. */
  put<T extends RowTopic>(topic: T, row: Row, decoded: Decoded<RowOf<T> & { event_time: string }>, anyway = false): RowOf<T> | undefined {
    if (typeof decoded === 'string') {
      this.malformed(topic, row, decoded)
      return undefined
    }
    this.store.put(topic, decoded as unknown as RowOf<T>, anyway)
    return decoded as unknown as RowOf<T>
  }

  /** A device's row: news when it differs in what lasts, and when the device has started anew. */
  putDevice(row: Row, decoded: Decoded<LibrenmsDevice>): RowOf<'librenms_devices'> | undefined {
    const before = typeof decoded === 'string' ? undefined : this.fleet.devices.get(decoded.device_id)
    const rebooted = before !== undefined && typeof decoded !== 'string' && hasRebooted(before, uptimeOf(decoded))
    const put = this.put('librenms_devices', row, decoded, rebooted)
    if (put) this.fleet.device(put, true)
    return put
  }

  /** Counted, sampled to the log, and kept, without its secrets. */
  malformed(topic: RowTopic | 'librenms_events', row: Row, message: string): void {
    const { metrics, logger, config, clock } = this.context
    metrics.add('malformed')
    if (this.#problems++ % SAMPLE_EVERY === 0) logger.warn(`LibreNMS: ${message}`)
    const letter = dlqRecord(topic, { value: JSON.stringify(row) }, { code: 'decode_error', message }, clock.now())
    const written = config.bus
      .append(dlqTopic(topic), [letter])
      .catch((error: unknown) => logger.error(String(error)))
      .then(() => {
        this.#letters.delete(written)
      })
    this.#letters.add(written)
  }

  /** Resolves when what could not be read is kept. */
  async lettersWritten(): Promise<void> {
    await Promise.all(this.#letters)
  }

  /**
   * Whether so many may be taken for gone; a refusal is told, counted and kept for `librenms status`.
   * @param shown rows that the list had: nothing at all is more often a lost permission than a truth
   */
  mayRemove(what: string, missing: number, known: number, shown: number): boolean {
    if (missing === 0) return true
    const { config, logger, metrics } = this.context
    if (config.allowMassDelete || (shown > 0 && believable(missing, known))) return true
    metrics.add('refused_deletes', missing)
    this.refusal = `LibreNMS shows ${shown} ${what}; ${missing} of ${known} are missing and were kept`
    logger.warn(`${this.refusal}; --allow-mass-delete where they are really gone`)
    return false
  }

  removeDevice(device: number): void {
    this.store.removeDevice(device)
    this.fleet.forget(device)
    delete this.state.pending[String(device)]
  }

  /** Events and the state in which they are read, together or not at all; one after the other. */
  commit(events: readonly OutRecord[], change: (state: SyncState) => void = () => {}): Promise<void> {
    const { config, clock } = this.context
    const next = this.#committing.then(async () => {
      // A row that is behind the cursor is on the bus, as an event or as a dead letter.
      await this.lettersWritten()
      const state = structuredClone(this.state)
      change(state)
      state.circuit = this.api.circuit
      state.requests = { ...this.api.counts }
      await config.bus.transact({
        id: transactionId(config.instance),
        appends: [
          ...(events.length > 0 ? [{ topic: 'librenms_events', records: events }] : []),
          { topic: 'librenms_state', records: [stateRecord(state, config.instance, clock.now(), this.source)] },
        ],
      })
      this.context.metrics.add('events', events.length)
      this.context.metrics.add('published', events.length)
      change(this.state)
      this.state.circuit = state.circuit
      this.state.requests = state.requests
    })
    this.#committing = next
    // Whoever waits for this one is told; the next one fails by itself.
    next.catch(() => {})
    return next
  }
}

const transactionId = (instance: string | undefined) => `shitops-librenms${instance === undefined ? '' : `-${instance}`}`
