import { highPercent, lowPercent } from './battery-nibble.ts'
import { type ColorName, colorName } from './colors.ts'
import { type AudioState, audioState, connectionStateName } from './connection-state.ts'
import { cloneOf, type Model, modelOf, UNKNOWN_MODEL } from './models.ts'
import { type PodPlaces, podPlaces } from './status-byte.ts'

/** Type of a proximity-pairing TLV. */
export const PROXIMITY_PAIRING = 0x07
/** First byte of the one kind of proximity-pairing frame that carries its status in the clear. */
const STATUS_PREFIX = 0x01
/** Plain bytes before the encrypted ones. */
const PLAIN_BYTES = 9
const ENCRYPTED_BYTES = 16
/** A genuine frame has 25 (0x19) bytes; clones took the hexadecimal 19 for a decimal one (capod). */
const CLONE_LENGTH = 19

const CHARGING = { primary: 0x1, secondary: 0x2, case: 0x4, genuine: 0x8 } as const

export type Lid = 'open' | 'closed' | 'not_in_case' | 'unknown'

/**
 * The status of a headset, decoded from a proximity-pairing TLV: the hot path. One object is filled again and again and nothing is
 * allocated; every field is set by every {@link read}. Batteries are percent, null where unknown or where the model has no such battery.
 * Layout: type 07, then prefix, model id (2), status, pods' battery, flags and case battery, lid, colour, connection state, 16 encrypted.
 */
export class StatusFrame {
  model: Model = UNKNOWN_MODEL
  modelId = 0
  status = 0
  places: PodPlaces = podPlaces(0)
  leftBattery: number | null = null
  rightBattery: number | null = null
  caseBattery: number | null = null
  /** Of a headset with one battery. */
  battery: number | null = null
  leftCharging = false
  rightCharging = false
  caseCharging = false
  /** Of a headset with one battery. */
  charging = false
  /** On the head, for single-battery models that tell; null for those that do not, and for pods, which have ear bits. */
  worn: boolean | null = null
  lidRaw = 0
  lid: Lid = 'unknown'
  lidCounter = 0
  colorCode = 0
  colorName: ColorName = 'unknown'
  connState = 0
  connStateName: AudioState = 'unknown'
  audioState: AudioState = 'unknown'
  /** The frame has a trait of imitations: 19 bytes, or an AirPods id without the flag that every genuine capture has set. A hint only. */
  cloneHint = false
  /** Where the 16 encrypted bytes begin in the data that was read; -1 when there are none. */
  encryptedAt = -1

  /**
   * Fill from the value of a type-0x07 TLV, `data[offset, offset + length)`.
   * @returns false, with nothing changed, when it is not a plain status frame (another prefix, or too short)
   */
  read(data: Uint8Array, offset: number, length: number): boolean {
    if (length < PLAIN_BYTES || data[offset] !== STATUS_PREFIX) return false
    const clone = length === CLONE_LENGTH
    this.modelId = ((data[offset + 1] as number) << 8) | (data[offset + 2] as number)
    const genuine = modelOf(this.modelId)
    this.model = clone ? cloneOf(genuine) : genuine
    this.status = data[offset + 3] as number
    this.places = podPlaces(this.status)
    const batteryByte = data[offset + 4] as number
    const flagsAndCase = data[offset + 5] as number
    const flags = flagsAndCase >> 4
    if (this.model.layout === 'single') this.#readSingle(batteryByte, flags)
    else this.#readDual(batteryByte, flags, flagsAndCase)
    this.#readLid(data[offset + 6] as number)
    this.colorCode = data[offset + 7] as number
    this.colorName = colorName(this.colorCode)
    this.connState = data[offset + 8] as number
    this.connStateName = connectionStateName(this.connState)
    this.audioState = audioState(this.connState)
    this.cloneHint = clone || ((flags & CHARGING.genuine) === 0 && genuine.isAirPods)
    this.encryptedAt = length === PLAIN_BYTES + ENCRYPTED_BYTES ? offset + PLAIN_BYTES : -1
    return true
  }

  /** Two pods and a case: the primary pod owns the low nibble and flag 0, the other one the high nibble and flag 1. */
  #readDual(batteryByte: number, flags: number, flagsAndCase: number): void {
    const primaryCharging = (flags & CHARGING.primary) !== 0
    const secondaryCharging = (flags & CHARGING.secondary) !== 0
    const flipped = this.places.flipped
    this.leftBattery = flipped ? highPercent(batteryByte) : lowPercent(batteryByte)
    this.rightBattery = flipped ? lowPercent(batteryByte) : highPercent(batteryByte)
    this.leftCharging = flipped ? secondaryCharging : primaryCharging
    this.rightCharging = flipped ? primaryCharging : secondaryCharging
    this.caseBattery = lowPercent(flagsAndCase)
    this.caseCharging = (flags & CHARGING.case) !== 0
    this.battery = null
    this.charging = false
    this.worn = null
  }

  /** One battery: the low nibble (the high one is 0 or 15) and flag 0. */
  #readSingle(batteryByte: number, flags: number): void {
    this.battery = lowPercent(batteryByte)
    this.charging = (flags & CHARGING.primary) !== 0
    const mask = this.model.wornMask
    this.worn = mask === 0 ? null : (this.status & mask) !== 0
    this.leftBattery = null
    this.rightBattery = null
    this.caseBattery = null
    this.leftCharging = false
    this.rightCharging = false
    this.caseCharging = false
  }

  /** Bits 0–2 count openings and pods going in and out; bit 3 is the lid, closed when set. */
  #readLid(raw: number): void {
    this.lidRaw = raw
    this.lidCounter = raw & 0x07
    const worth = this.places.lidByte
    this.lid = worth === 'valid' ? ((raw & 0x08) === 0 ? 'open' : 'closed') : worth === 'stale' ? 'unknown' : 'not_in_case'
  }
}
