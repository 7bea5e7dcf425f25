import type { CollectorContext } from '../collector.ts'
import { Publisher } from '../publisher.ts'
import { untilAborted } from '../until-aborted.ts'
import { withTicks } from '../with-ticks.ts'
import type { Advertisement } from './advertisement.ts'
import type { BleConfig } from './config.ts'
import { Crowd } from './crowd.ts'
import { Hearing } from './hearing.ts'
import type { Sighting } from './sighting.ts'
import { toSightingEvent } from './sighting-event.ts'
import { Tracker } from './track/tracker.ts'

/** A silent room is looked after so often, ms. */
const TICK = 1_000

/**
 * Advertisements → `device_presence` and `audio_metrics` of enrolled headsets, or, with `share`, `ble_sightings` for a tracker elsewhere.
 * Everybody else's are counted (`unenrolled`, and per zone in `crowd` records) and forgotten: neither their addresses nor their bytes go
 * anywhere, so what is malformed is counted and not kept.
 * Counts `received` (advertisements), `foreign` (not Apple's), `status_frames`, `enrolled`, `unenrolled`, `rate_limited` (of a flood,
 * not looked at), `floods` (intervals with one), `malformed`, `published`.
 */
export async function runBle(context: CollectorContext<BleConfig>): Promise<void> {
  const { config, clock, signal, metrics } = context
  const collector = new BleCollector(context)
  const source = config.live ? withTicks(config.source, clock, TICK) : config.source
  for await (const batch of untilAborted(source, signal)) {
    for (const advertisement of batch) collector.take(advertisement)
    if (config.live) collector.advance(clock.now())
    await collector.flush()
    metrics.add('received', batch.length)
  }
  collector.finish()
  await collector.flush()
}

class BleCollector {
  readonly #context: CollectorContext<BleConfig>
  readonly #publisher: Publisher
  readonly #tracker: Tracker
  readonly #crowd: Crowd
  readonly #hearing: Hearing
  /** ms since the epoch: receivers disagree by a little, and this does not go back. */
  #time = 0
  #floodTold = Number.NEGATIVE_INFINITY

  constructor(context: CollectorContext<BleConfig>) {
    const { config, metrics } = context
    this.#context = context
    this.#publisher = new Publisher(context, '/ble')
    this.#tracker = new Tracker(config, {
      presence: (event) => this.#publisher.add('device_presence', event),
      audio: (event) => this.#publisher.add('audio_metrics', event),
    })
    this.#crowd = new Crowd(config, (event) => this.#publisher.add('device_presence', event))
    this.#hearing = new Hearing(config, metrics, {
      sighting: (sighting, doubtful) => this.#sighting(sighting, doubtful),
      stranger: ({ receiver, address }) => this.#crowd.add(this.#zone(receiver), address),
      flood: () => this.#flood(),
      cutOff: () => this.#publisher.malformed('device_presence', { code: 'decode_error', message: 'a TLV is cut off' }),
    })
  }

  /** Decode one advertisement and tell what it changes. */
  take(advertisement: Advertisement): void {
    this.advance(advertisement.timestamp)
    this.#crowd.open(this.#zone(advertisement.receiver))
    this.#hearing.hear({ ...advertisement, timestamp: this.#time })
  }

  advance(time: number): void {
    this.#time = Math.max(this.#time, time)
    this.#tracker.advance(this.#time)
    this.#crowd.advance(this.#time)
  }

  finish(): void {
    this.#tracker.finish(this.#time)
    this.#crowd.finish(this.#time)
  }

  flush(): Promise<void> {
    return this.#publisher.flush()
  }

  #sighting(sighting: Sighting, doubtful: boolean): void {
    if (this.#context.config.share) this.#publisher.add('ble_sightings', toSightingEvent(sighting))
    else this.#tracker.see(sighting, doubtful)
  }

  /** Said once in each interval, however many frames it has. */
  #flood(): void {
    this.#crowd.flood()
    const { crowdInterval } = this.#context.config
    if (this.#time - this.#floodTold < crowdInterval) return
    this.#floodTold = this.#time
    this.#context.metrics.add('floods')
    this.#context.logger.warn('BLE: a flood of headset frames from ever new senders, likely forged; enrolled headsets are still tracked')
  }

  #zone(receiver: string): string {
    return this.#context.config.zones[receiver] ?? receiver
  }
}
