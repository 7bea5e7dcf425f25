import type { CollectorContext } from '../collector.ts'
import { Publisher } from '../publisher.ts'
import { untilAborted } from '../until-aborted.ts'
import type { Advertisement } from './advertisement.ts'
import type { BleConfig } from './config.ts'
import { PROXIMITY_PAIRING, StatusFrame } from './decode/status-frame.ts'
import { isApple, TlvCursor } from './decode/tlv.ts'
import { type Told, Tracker } from './track.ts'

/**
 * Advertisements → `device_presence` and `audio_metrics` of enrolled headsets. Everybody else's are counted (`unenrolled`) and forgotten:
 * neither their addresses nor their bytes go anywhere, so what is malformed is counted and not kept.
 * Counts `received` (advertisements), `foreign` (not Apple's), `status_frames`, `enrolled`, `unenrolled`, `malformed`.
 */
export async function runBle(context: CollectorContext<BleConfig>): Promise<void> {
  const collector = new BleCollector(context)
  for await (const batch of untilAborted(context.config.source, context.signal)) {
    for (const advertisement of batch) collector.take(advertisement)
    await collector.flush()
    context.metrics.add('received', batch.length)
  }
}

class BleCollector {
  readonly #context: CollectorContext<BleConfig>
  readonly #publisher: Publisher
  readonly #tracker: Tracker
  readonly #cursor = new TlvCursor()
  readonly #frame = new StatusFrame()
  #time = 0

  constructor(context: CollectorContext<BleConfig>) {
    this.#context = context
    this.#publisher = new Publisher(context, '/ble')
    this.#tracker = new Tracker(context.config)
  }

  /** Decode one advertisement and tell what it changes. */
  take(advertisement: Advertisement): void {
    const { manufacturerData } = advertisement
    // Receivers disagree by a little; the tracker's clock does not go back.
    this.#time = Math.max(this.#time, advertisement.timestamp)
    this.#tell(this.#tracker.advance(this.#time))
    if (!isApple(manufacturerData)) {
      this.#context.metrics.add('foreign')
      return
    }
    this.#cursor.reset(manufacturerData, 2, manufacturerData.length)
    while (this.#cursor.next()) {
      if (this.#cursor.type !== PROXIMITY_PAIRING) continue
      if (!this.#frame.read(manufacturerData, this.#cursor.offset, this.#cursor.length)) continue
      this.#context.metrics.add('status_frames')
      this.#status({ ...advertisement, timestamp: this.#time })
    }
    if (this.#cursor.leftOver > 0) this.#publisher.malformed('device_presence', { code: 'decode_error', message: 'a TLV is cut off' })
  }

  flush(): Promise<void> {
    return this.#publisher.flush()
  }

  #status(advertisement: Advertisement): void {
    const owner = this.#context.config.identify(advertisement.address, advertisement.timestamp)
    this.#context.metrics.add(owner ? 'enrolled' : 'unenrolled')
    if (owner) this.#tell(this.#tracker.heard(owner, this.#frame, advertisement))
  }

  #tell({ presence, audio }: Told): void {
    for (const event of presence) this.#publisher.add('device_presence', event)
    for (const event of audio) this.#publisher.add('audio_metrics', event)
  }
}
