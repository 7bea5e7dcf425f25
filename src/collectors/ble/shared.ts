import type { Bus, RecordBatch } from '../../bus/bus.ts'
import type { BleSighting } from '../../events/event-types.ts'
import type { CollectorContext } from '../collector.ts'
import { Publisher } from '../publisher.ts'
import { fromSightingEvent } from './sighting-event.ts'
import { Tracker, type TrackSettings } from './track/tracker.ts'

/** The consumer group of trackers: several share the headsets among them. */
const GROUP = 'shitops-ble-tracker'
/** Silent receivers are looked after so often, ms. */
const TICK = 1_000

/**
 * `ble_sightings` of all receivers → `device_presence` and `audio_metrics`: the tracker of a site. A receiver's clock may differ by a
 * little; a sighting older than the silence that counts as leaving says nothing about now and is counted as `stale`.
 * Counts `received`, `stale`, `malformed`, `published`.
 */
export async function runSharedBle(context: CollectorContext<TrackSettings> & { bus: Pick<Bus, 'append' | 'consume'> }): Promise<void> {
  const { bus, clock, signal } = context
  const tracking = new SharedTracking(context)
  const ticking = (async () => {
    while (!signal.aborted) {
      await clock.sleep(TICK, signal)
      await tracking.tick()
    }
  })()
  await bus.consume({
    group: GROUP,
    topics: ['ble_sightings'],
    start: 'latest',
    signal,
    onBatch: async (batch, claim) => {
      await tracking.take(batch)
      await claim.commit(batch.nextOffset)
    },
  })
  await ticking
  await tracking.finish()
}

class SharedTracking {
  readonly #context: CollectorContext<TrackSettings>
  readonly #publisher: Publisher
  readonly #tracker: Tracker
  /** ms since the epoch; does not go back. */
  #time = 0

  constructor(context: CollectorContext<TrackSettings>) {
    this.#context = context
    this.#publisher = new Publisher(context, '/ble/tracker')
    this.#tracker = new Tracker(context.config, {
      presence: (event) => this.#publisher.add('device_presence', event),
      audio: (event) => this.#publisher.add('audio_metrics', event),
    })
  }

  take(batch: RecordBatch): Promise<void> {
    for (const { value } of batch) this.#see(value)
    return this.#publisher.flush()
  }

  tick(): Promise<void> {
    this.#tracker.advance(this.#now())
    return this.#publisher.flush()
  }

  finish(): Promise<void> {
    this.#tracker.finish(this.#now())
    return this.#publisher.flush()
  }

  #see(value: Buffer | null): void {
    this.#context.metrics.add('received')
    const event = parsed(value)
    if (!event) {
      this.#publisher.malformed('ble_sightings', { code: 'decode_error', message: 'a record of ble_sightings is no sighting' })
      return
    }
    const sighting = fromSightingEvent(event)
    const now = this.#now()
    if (now - sighting.time >= this.#context.config.leftAfter) this.#context.metrics.add('stale')
    else this.#tracker.see({ ...sighting, time: now })
  }

  #now(): number {
    this.#time = Math.max(this.#time, this.#context.clock.now())
    return this.#time
  }
}

function parsed(value: Buffer | null): BleSighting | undefined {
  try {
    const event = JSON.parse(String(value)) as BleSighting | null
    return typeof event?.device === 'string' && Number.isFinite(Date.parse(event.event_time)) ? event : undefined
  } catch {
    return undefined
  }
}
