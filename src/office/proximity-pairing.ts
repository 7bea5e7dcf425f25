import type { HeadsetState } from './headsets.ts'
import type { Random } from './random.ts'
import type { Headset } from './roster.ts'

/** Byte 8, connection state. Headphones carry flags in its high nibble. */
const CONNECTION = { idle: 0x04, call: 0x06, ringing: 0x07, hanging_up: 0x09 } as const

/** Byte 3. Bit 5 says that the left pod is primary, bit 6 that the sender lies in the case; the rest as seen in captured frames. */
const STATUS = { worn: 0x0b, loose: 0x01, inCase: 0x55 } as const
const PRIMARY_LEFT = 0x20
const HEADPHONES_WORN = 0x20

/** Byte 5, high nibble. Genuine frames have bit 3 set. */
const GENUINE = 0x80
const BOTH_CHARGING = 0x30
const SINGLE_CHARGING = 0x10
const CASE_CHARGING = 0x40
const UNKNOWN = 0x0f
const LID_CLOSED = 0x08
const HEADPHONE_FLAGS = 0x40

/**
 * The manufacturer data of the status frame that a headset in this state sends: company id 4C 00, then the 27-byte
 * proximity-pairing TLV (type 07, length 19 hex) with prefix 01. The last 16 bytes are encrypted in a real frame; here they are random.
 */
export function statusFrame(headset: Headset, state: HeadsetState, primaryLeft: boolean, dice: Random): Buffer {
  const frame = Buffer.alloc(31 - 2)
  frame.set([0x4c, 0x00, 0x07, 0x19, 0x01, headset.modelId >> 8, headset.modelId & 0xff])
  const level = Math.floor(state.battery / 10)
  const bytes = headset.single ? headphones(state, level) : pods(state, level, primaryLeft)
  frame.set(bytes, 7)
  frame[11] = headset.colorCode
  frame[12] = CONNECTION[state.audio] | (headset.single ? HEADPHONE_FLAGS : 0)
  for (let i = 13; i < frame.length; i++) frame[i] = dice.int(0, 255)
  return frame
}

/** Status, batteries, flags and case battery, lid. */
function pods(state: HeadsetState, level: number, primaryLeft: boolean): number[] {
  const status = (state.inCase ? STATUS.inCase : state.worn ? STATUS.worn : STATUS.loose) | (primaryLeft ? PRIMARY_LEFT : 0)
  const charging = state.inCase && state.battery < 100 ? BOTH_CHARGING : 0
  const caseLevel = state.inCase ? Math.floor(state.caseBattery / 10) : UNKNOWN
  const caseCharging = state.inCase && state.caseBattery < 50 ? CASE_CHARGING : 0
  return [status, (level << 4) | level, GENUINE | charging | caseCharging | caseLevel, state.inCase ? LID_CLOSED | 1 : 1]
}

function headphones(state: HeadsetState, level: number): number[] {
  const charging = state.inCase && state.battery < 100 ? SINGLE_CHARGING : 0
  return [STATUS.loose | (state.worn ? HEADPHONES_WORN : 0), (UNKNOWN << 4) | level, GENUINE | charging, 0x04]
}
