import { hex } from './hex.ts'

/** The low nibble of byte 0: what the person does with the phone (Celosia and Cunche 2020; furiousMAC). 2, 4, 6, 8, c, f: no meaning known. */
const ACTIONS: ReadonlyMap<number, string> = new Map([
  [0x0, 'unknown'],
  [0x1, 'reporting_disabled'],
  [0x3, 'idle'],
  [0x5, 'audio_screen_off'],
  [0x7, 'screen_on'],
  [0x9, 'video'],
  [0xa, 'watch_on_wrist_locked'],
  [0xb, 'active_user'],
  [0xd, 'driving'],
  [0xe, 'call'],
])

export const NEARBY_INFO = 0x10
/** The action code of a phone or FaceTime call. */
export const CALL_ACTION = 0xe

const STATUS = { primaryDevice: 0x1, airdropReceiving: 0x4 } as const
const DATA = {
  airpodsConnectedScreenOn: 0x01,
  fourByteTag: 0x02,
  wifiOn: 0x04,
  authTag: 0x10,
  watchLocked: 0x20,
  autoUnlockWatch: 0x40,
  autoUnlockEnabled: 0x80,
} as const

export interface NearbyInfo {
  /** The high nibble of byte 0. */
  statusFlags: string
  primaryDevice: boolean
  airdropReceiving: boolean
  actionCode: number
  actionName: string
  dataFlags: string
  airpodsConnectedScreenOn: boolean
  wifiOn: boolean
  watchLocked: boolean
  autoUnlockWatch: boolean
  autoUnlockEnabled: boolean
  /** 0, 3 or 4 bytes; the tag itself identifies a device and stays here. */
  authTagLength: number
  /** Bytes after the tag, meaning unknown. */
  trailingLength: number
}

/** The value of a type-0x10 TLV (2 to 7 bytes) as facts; null when it is too short. */
export function describeNearbyInfo(value: Uint8Array): NearbyInfo | null {
  const [first, flags] = value
  if (first === undefined || flags === undefined) return null
  const status = first >> 4
  const authTagLength = Math.min(tagLength(flags), value.length - 2)
  return {
    statusFlags: hex(status, 1),
    primaryDevice: (status & STATUS.primaryDevice) !== 0,
    airdropReceiving: (status & STATUS.airdropReceiving) !== 0,
    actionCode: first & 0x0f,
    actionName: ACTIONS.get(first & 0x0f) ?? 'unknown',
    dataFlags: hex(flags),
    airpodsConnectedScreenOn: (flags & DATA.airpodsConnectedScreenOn) !== 0,
    wifiOn: (flags & DATA.wifiOn) !== 0,
    watchLocked: (flags & DATA.watchLocked) !== 0,
    autoUnlockWatch: (flags & DATA.autoUnlockWatch) !== 0,
    autoUnlockEnabled: (flags & DATA.autoUnlockEnabled) !== 0,
    authTagLength,
    trailingLength: value.length - 2 - authTagLength,
  }
}

function tagLength(flags: number): number {
  if ((flags & DATA.authTag) === 0) return 0
  return (flags & DATA.fourByteTag) !== 0 ? 4 : 3
}
