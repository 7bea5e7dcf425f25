import { type Airdrop, describeAirdrop } from './airdrop.ts'
import { type AirplaySource, type AirplayTarget, describeAirplaySource, describeAirplayTarget } from './airplay.ts'
import { type Airprint, describeAirprint } from './airprint.ts'
import { describeFindMy, type FindMy } from './find-my.ts'
import { describeHandoff, type Handoff } from './handoff.ts'
import { hex } from './hex.ts'
import { describeHeySiri, type HeySiri } from './hey-siri.ts'
import { describeHomekit, type Homekit } from './homekit.ts'
import { describeIBeacon, type IBeacon } from './ibeacon.ts'
import { describeMagicSwitch, type MagicSwitch } from './magic-switch.ts'
import { describeNearbyAction, NEARBY_ACTION, type NearbyAction } from './nearby-action.ts'
import { describeNearbyInfo, NEARBY_INFO, type NearbyInfo } from './nearby-info.ts'
import { describeEncryptedCase, describeOtherProximity, type EncryptedCase, type OtherProximity } from './other-proximity.ts'
import { describeProximityPairing, type ProximityPairing } from './proximity-pairing.ts'
import { PROXIMITY_PAIRING } from './status-frame.ts'
import { describeTetheringSource, describeTetheringTarget, type TetheringSource, type TetheringTarget } from './tethering.ts'
import { TlvCursor } from './tlv.ts'

/** The facts of each kind. Identifiers of people (tags, hashes, IVs, keys, account ids) are not among them, by design. */
export interface FactsByKind {
  proximity_pairing: ProximityPairing
  encrypted_case_frame: EncryptedCase
  nearby_info: NearbyInfo
  nearby_action: NearbyAction
  handoff: Handoff
  airplay_target: AirplayTarget
  airplay_source: AirplaySource
  airdrop: Airdrop
  find_my: FindMy
  tethering_target: TetheringTarget
  tethering_source: TetheringSource
  hey_siri: HeySiri
  magic_switch: MagicSwitch
  ibeacon: IBeacon
  airprint: Airprint
  homekit: Homekit
  unknown: OtherProximity
}

export type Kind = keyof FactsByKind

/** One TLV as facts: its type ("0x07"), its kind, the bytes of its value, and what is known of that kind. */
export type Frame = { [K in Kind]: { type: string; kind: K; length: number } & FactsByKind[K] }[Kind]

type Describe = (type: number, value: Uint8Array) => Frame | null

/** `describe` gives the facts of a value, or null when it does not have that kind's form. */
function kind<K extends Kind>(name: K, describe: (value: Uint8Array) => FactsByKind[K] | null): Describe {
  return (type, value) => {
    const facts = describe(value)
    return facts && ({ type: hex(type), kind: name, length: value.length, ...facts } as Frame)
  }
}

/** What each type can be, tried in order. Types that are not here have no published meaning. */
const KINDS: ReadonlyMap<number, readonly Describe[]> = new Map([
  [0x02, [kind('ibeacon', describeIBeacon)]],
  [0x03, [kind('airprint', describeAirprint)]],
  [0x05, [kind('airdrop', describeAirdrop)]],
  [0x06, [kind('homekit', describeHomekit)]],
  [
    PROXIMITY_PAIRING,
    [
      kind('proximity_pairing', describeProximityPairing),
      kind('encrypted_case_frame', describeEncryptedCase),
      kind('unknown', describeOtherProximity),
    ],
  ],
  [0x08, [kind('hey_siri', describeHeySiri)]],
  [0x09, [kind('airplay_target', describeAirplayTarget)]],
  [0x0a, [kind('airplay_source', describeAirplaySource)]],
  [0x0b, [kind('magic_switch', describeMagicSwitch)]],
  [0x0c, [kind('handoff', describeHandoff)]],
  [0x0d, [kind('tethering_target', describeTetheringTarget)]],
  [0x0e, [kind('tethering_source', describeTetheringSource)]],
  [NEARBY_ACTION, [kind('nearby_action', describeNearbyAction)]],
  [NEARBY_INFO, [kind('nearby_info', describeNearbyInfo)]],
  [0x12, [kind('find_my', describeFindMy)]],
])

/** One TLV as facts; of an unknown type, or a known one without its form, the length and nothing guessed. */
export function describeTlv(type: number, value: Uint8Array): Frame {
  for (const describe of KINDS.get(type) ?? []) {
    const frame = describe(type, value)
    if (frame) return frame
  }
  return { type: hex(type), kind: 'unknown', length: value.length }
}

/**
 * Every TLV of `data[start, end)`, which begins after the company id, in order.
 * `leftOver` counts bytes at the end that are no whole TLV.
 */
export function describeTlvs(data: Uint8Array, start = 0, end = data.length): { frames: Frame[]; leftOver: number } {
  const cursor = new TlvCursor().reset(data, start, end)
  const frames: Frame[] = []
  while (cursor.next()) frames.push(describeTlv(cursor.type, data.subarray(cursor.offset, cursor.offset + cursor.length)))
  return { frames, leftOver: cursor.leftOver }
}
