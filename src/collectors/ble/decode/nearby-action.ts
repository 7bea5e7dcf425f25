import { hex } from './hex.ts'

/** Byte 1: what just happened on the device (Celosia and Cunche 2020; furiousMAC). */
const ACTIONS: ReadonlyMap<number, string> = new Map([
  [0x01, 'apple_tv_setup'],
  [0x04, 'mobile_backup'],
  [0x05, 'watch_setup'],
  [0x06, 'apple_tv_pair'],
  [0x07, 'internet_relay'],
  [0x08, 'wifi_password'],
  [0x09, 'ios_setup'],
  [0x0a, 'repair'],
  [0x0b, 'speaker_setup'],
  [0x0c, 'apple_pay'],
  [0x0d, 'whole_home_audio_setup'],
  [0x0e, 'developer_tools_pairing'],
  [0x0f, 'answered_call'],
  [0x10, 'ended_call'],
  [0x11, 'dd_ping'],
  [0x12, 'dd_pong'],
  [0x13, 'remote_autofill'],
  [0x14, 'companion_link_proximity'],
  [0x15, 'remote_management'],
  [0x16, 'remote_autofill_pong'],
  [0x17, 'remote_display'],
])

export const NEARBY_ACTION = 0x0f
/** The two actions that tell the edges of a call. */
export const ANSWERED_CALL = 0x0f
export const ENDED_CALL = 0x10

const AUTH_TAG = 0x80
const AUTH_TAG_BYTES = 3

export interface NearbyAction {
  flags: string
  actionCode: number
  actionName: string
  /** 0 or 3 bytes; the tag itself identifies a device and stays here. */
  authTagLength: number
  /** Of a Wi-Fi password request these are hashes of a person's identifiers: their number only. */
  parametersLength: number
}

/** The value of a type-0x0F TLV as facts; null when it is too short. */
export function describeNearbyAction(value: Uint8Array): NearbyAction | null {
  const [flags, action] = value
  if (flags === undefined || action === undefined) return null
  const authTagLength = (flags & AUTH_TAG) === 0 ? 0 : Math.min(AUTH_TAG_BYTES, value.length - 2)
  return {
    flags: hex(flags),
    actionCode: action,
    actionName: ACTIONS.get(action) ?? 'unknown',
    authTagLength,
    parametersLength: value.length - 2 - authTagLength,
  }
}
