import { setMaxListeners } from 'node:events'
import { messageOf } from '../../base/errors.ts'
import type { DeviceTelemetry } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'
import type { CollectorContext } from '../collector.ts'
import { Publisher } from '../publisher.ts'
import type { GnmiConfig, GnmiTarget } from './config.ts'
import { decodeNotification } from './decode.ts'
import { GnmiChannels, isPermanent, requestFor } from './source.ts'
import { Normaliser } from './track.ts'
import type { Notification, SubscribeResponse } from './wire.ts'

/** Between two attempts, ms: doubling from the first to the last; after a refusal the last at once. */
const FIRST_RETRY = 1_000
const LAST_RETRY = 60_000

/**
 * Subscribes to every target and puts each notification on `device_telemetry`, its normalised samples on `device_metrics`.
 * Counts `received` (notifications), `synced` and `lost` (streams), `duplicates`.
 */
export async function runGnmi(context: CollectorContext<GnmiConfig>): Promise<void> {
  const channels = await GnmiChannels.load()
  // Every stream listens to the one signal.
  setMaxListeners(0, context.signal)
  try {
    await Promise.all(context.config.targets.map((target) => new Target(context, channels, target).run()))
  } finally {
    channels.close()
  }
}

class Target {
  readonly #context: CollectorContext<GnmiConfig>
  readonly #channels: GnmiChannels
  readonly #target: GnmiTarget
  readonly #publisher: Publisher
  readonly #normaliser = new Normaliser()
  #epoch = 0

  constructor(context: CollectorContext<GnmiConfig>, channels: GnmiChannels, target: GnmiTarget) {
    this.#context = context
    this.#channels = channels
    this.#target = target
    this.#publisher = new Publisher(context, `/gnmi/${target.name}`)
  }

  /** Stream after stream until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal } = this.#context
    for (let delay = FIRST_RETRY; !signal.aborted; delay = Math.min(delay * 2, LAST_RETRY)) {
      const outcome = await this.#stream()
      if (signal.aborted) return
      if (outcome === 'refused') delay = LAST_RETRY
      if (outcome === 'synced') delay = FIRST_RETRY
      await clock.sleep(delay, signal)
    }
  }

  async #stream(): Promise<'synced' | 'lost' | 'refused'> {
    const { config, clock, signal, metrics } = this.#context
    this.#epoch = Math.max(this.#epoch + 1, clock.now())
    let synced = false
    let failure: unknown
    await this.#fact('connected')
    try {
      for await (const response of this.#channels.subscribe(this.#target.address, requestFor(this.#target.name, config), signal)) {
        await this.#take(response)
        synced ||= response.sync_response === true
      }
    } catch (error) {
      failure = error
    }
    if (signal.aborted) return 'lost'
    const refused = isPermanent(failure)
    await this.#fact(refused ? 'refused' : 'lost', failure ? messageOf(failure) : 'the target ended the stream')
    metrics.add('lost')
    return refused ? 'refused' : synced ? 'synced' : 'lost'
  }

  async #take({ update, sync_response, error }: SubscribeResponse): Promise<void> {
    if (sync_response) {
      await this.#fact('synced')
      this.#context.metrics.add('synced')
    }
    if (error) this.#context.logger.warn(`${this.#target.name}: ${error.message ?? 'error without a message'}`)
    if (!update) return
    this.#notification(update)
    await this.#publisher.flush()
    this.#context.metrics.add('received')
  }

  #notification(notification: Notification): void {
    const decoded = decodeNotification(notification)
    const { timestampNs, prefixTarget, origin, prefix, prefixKeys, updates, deletes } = decoded
    const now = this.#context.clock.now()
    // Some devices send none, or one that no calendar has: then the time of receipt is the best there is.
    const own = Number(BigInt(timestampNs) / 1_000_000n)
    const time = own > 0 && own < LAST_DATE ? own : now
    this.#publisher.add('device_telemetry', {
      event_time: toEventTime(time),
      target: this.#target.name,
      kind: 'notification',
      epoch: this.#epoch,
      received_at: toEventTime(now),
      timestamp_ns: timestampNs,
      ...(prefixTarget && prefixTarget !== this.#target.name && { prefix_target: prefixTarget }),
      ...(origin && { origin }),
      ...(prefix && { prefix, keys: prefixKeys }),
      ...(decoded.atomic && { atomic: true }),
      ...(deletes.length > 0 && { deletes }),
      ...(updates.length > 0 && { updates }),
    })
    for (const { path, message } of decoded.unreadable) {
      const letter = { key: this.#target.name, value: JSON.stringify(notification), timestamp: time }
      this.#publisher.malformed('device_telemetry', { code: 'decode_error', message: `${path}: ${message}` }, letter)
    }
    for (const { duplicates } of updates) if (duplicates) this.#context.metrics.add('duplicates', duplicates)
    for (const { metric, unit, instance, value, interval } of this.#normaliser.samples(time, decoded.leaves)) {
      const { role, person, team } = this.#target
      this.#publisher.add('device_metrics', {
        event_time: toEventTime(time),
        target: this.#target.name,
        metric,
        instance,
        value,
        unit,
        collector: 'gnmi',
        ...(role && { role }),
        ...(person && { person }),
        ...(team && { team }),
        ...(interval !== undefined && { interval_s: interval }),
      })
    }
  }

  /** A fact about the stream itself. */
  async #fact(kind: Exclude<DeviceTelemetry['kind'], 'notification' | 'stale'>, detail?: string): Promise<void> {
    const now = toEventTime(this.#context.clock.now())
    const { name, address } = this.#target
    const event = { event_time: now, target: name, kind, epoch: this.#epoch, received_at: now, address, ...(detail && { detail }) }
    this.#publisher.add('device_telemetry', event)
    await this.#publisher.flush()
  }
}

/** Year 9999, ms: the end of what event_time can say. */
const LAST_DATE = 253_402_300_799_999
