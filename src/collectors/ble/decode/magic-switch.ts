import { hex } from './hex.ts'

const CONFIDENCE: ReadonlyMap<number, string> = new Map([
  [0x03, 'off_wrist'],
  [0x1f, 'disabled'],
  [0x3f, 'on_wrist'],
])

export interface MagicSwitch {
  confidence: string
  wrist: string
}

/** The value of a type-0x0B TLV as facts: a watch that lost its phone; data (2), then confidence. Null when it is too short. */
export function describeMagicSwitch(value: Uint8Array): MagicSwitch | null {
  const confidence = value[2]
  return confidence === undefined ? null : { confidence: hex(confidence), wrist: CONFIDENCE.get(confidence) ?? 'unknown' }
}
