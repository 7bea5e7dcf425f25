import type { Metrics } from '../metrics.ts'
import type { Advertisement } from './advertisement.ts'
import type { BleConfig, Enrolled } from './config.ts'
import { NEARBY_ACTION } from './decode/nearby-action.ts'
import { NEARBY_INFO } from './decode/nearby-info.ts'
import { PROXIMITY_PAIRING, StatusFrame } from './decode/status-frame.ts'
import { isApple, TlvCursor } from './decode/tlv.ts'
import { FloodGate } from './flood.ts'
import { openCaseFrame } from './keys/case-frame.ts'
import { exactBatteries } from './keys/exact-batteries.ts'
import { Recent } from './keys/recent.ts'
import type { Sighting } from './sighting.ts'
import { audioOfNearbyAction, audioOfNearbyInfo, audioOfStatus, factsOf } from './status-sighting.ts'

/** Addresses of enrolled headsets that a flood cannot push out: at three a headset, some thousand headsets. */
const KNOWN_ADDRESSES = 4_096

/** Who learns what was heard. */
export interface Listener {
  /** @param doubtful forged frames are about */
  sighting(sighting: Sighting, doubtful: boolean): void
  /** A headset's frame from somebody who did not enrol. */
  stranger(advertisement: Advertisement): void
  /** The first frame of a flood in this interval, and every one after it. */
  flood(): void
  /** A TLV that is cut off. */
  cutOff(): void
}

/** Advertisements → sightings of enrolled headsets. Addresses and bytes end here. */
export class Hearing {
  readonly #config: Pick<BleConfig, 'identify'>
  readonly #metrics: Metrics
  readonly #listener: Listener
  readonly #gate = new FloodGate()
  readonly #known = new Recent<string, true>(KNOWN_ADDRESSES)
  readonly #cursor = new TlvCursor()
  readonly #frame = new StatusFrame()

  constructor(config: Pick<BleConfig, 'identify'>, metrics: Metrics, listener: Listener) {
    this.#config = config
    this.#metrics = metrics
    this.#listener = listener
  }

  /** Counts `foreign`, `status_frames`, `enrolled`, `unenrolled`, `rate_limited`. */
  hear(advertisement: Advertisement): void {
    const { manufacturerData } = advertisement
    if (manufacturerData.length === 0) {
      this.#place(advertisement)
      return
    }
    if (!isApple(manufacturerData)) {
      this.#metrics.add('foreign')
      return
    }
    const cursor = this.#cursor.reset(manufacturerData, 2, manufacturerData.length)
    while (cursor.next()) {
      if (cursor.type === PROXIMITY_PAIRING) this.#proximity(advertisement)
      else if (cursor.type === NEARBY_INFO || cursor.type === NEARBY_ACTION) this.#nearby(advertisement)
    }
    if (cursor.leftOver > 0) this.#listener.cutOff()
  }

  /** A gateway that keeps the data to itself (ESPresense) tells where a sender is, not how: enough of an enrolled one, nothing of others. */
  #place(advertisement: Advertisement): void {
    const owner = this.#identify(advertisement)
    if (owner === 'passed over') return
    if (owner) this.#tell(owner, advertisement, false, { exact: false })
    else this.#metrics.add('foreign')
  }

  #proximity(advertisement: Advertisement): void {
    const { manufacturerData } = advertisement
    const isStatus = this.#frame.read(manufacturerData, this.#cursor.offset, this.#cursor.length)
    if (isStatus) this.#metrics.add('status_frames')
    const owner = this.#identify(advertisement)
    if (owner === 'passed over') return
    if (isStatus) this.#metrics.add(owner ? 'enrolled' : 'unenrolled')
    if (!owner) {
      if (isStatus) this.#listener.stranger(advertisement)
      return
    }
    if (isStatus) this.#status(owner, advertisement)
    else this.#case(owner, advertisement)
  }

  #status(owner: Enrolled, advertisement: Advertisement): void {
    const exact = owner.cipher ? exactBatteries(owner.cipher, advertisement.manufacturerData, this.#frame) : null
    this.#tell(owner, advertisement, exact !== null, {
      exact: exact !== null,
      facts: factsOf(this.#frame, exact),
      audio: audioOfStatus(this.#frame),
    })
  }

  #case(owner: Enrolled, advertisement: Advertisement): void {
    const { offset, length } = this.#cursor
    const opened = owner.cipher && openCaseFrame(owner.cipher, advertisement.manufacturerData, offset, length)
    if (!opened) return
    const facts = { case_battery_pct: opened.caseBattery, case_charging: opened.caseCharging }
    this.#tell(owner, advertisement, true, { exact: true, facts })
  }

  /** A phone with a key of its own in the enrolment: a device of its own, never joined to a headset by guessing. */
  #nearby(advertisement: Advertisement): void {
    const owner = this.#identify(advertisement)
    if (!owner || owner === 'passed over') return
    const { manufacturerData } = advertisement
    const [first = 0, second = 0] = manufacturerData.subarray(this.#cursor.offset, this.#cursor.offset + this.#cursor.length)
    const audio = this.#cursor.type === NEARBY_ACTION ? audioOfNearbyAction(second) : audioOfNearbyInfo(first & 0x0f)
    this.#tell(owner, advertisement, false, { exact: false, ...(audio && { audio }) })
  }

  #identify({ address, timestamp }: Advertisement): Enrolled | undefined | 'passed over' {
    if (!this.#known.get(address) && !this.#gate.admits(address, timestamp)) {
      this.#metrics.add('rate_limited')
      this.#listener.flood()
      return 'passed over'
    }
    const owner = this.#config.identify(address, timestamp)
    if (owner) this.#known.set(address, true)
    else if (this.#gate.flooded(timestamp)) this.#listener.flood()
    return owner
  }

  #tell(
    { device, person, team, vouched }: Enrolled,
    { timestamp, receiver, rssi }: Advertisement,
    opened: boolean,
    said: Pick<Sighting, 'exact' | 'facts' | 'audio'>,
  ): void {
    const who = { device, person, ...(team !== undefined && { team }) }
    const authenticated = opened || vouched === true
    this.#listener.sighting({ time: timestamp, ...who, receiver, rssi, authenticated, ...said }, this.#gate.flooded(timestamp))
  }
}
