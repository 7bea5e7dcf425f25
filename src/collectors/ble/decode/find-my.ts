import { hex } from './hex.ts'

/** Bit 2 of the status: the owner's device was in reach within this key period. Then the two top bits are the battery. */
const MAINTAINED = 0x04
const BATTERY = ['full', 'medium', 'low', 'critical'] as const
/** Status, 22 key bytes, 2 key bits, hint: sent when apart from the owner. In reach it is status and hint alone. */
const SEPARATED_LENGTH = 25

export interface FindMy {
  status: string
  /** `separated`: it calls for strangers' help with a public key; `nearby`: its owner is about. The key itself stays here. */
  mode: 'separated' | 'nearby'
  maintained: boolean
  /** Null when not maintained: the bits mean nothing then. */
  battery: (typeof BATTERY)[number] | null
}

/** The value of a type-0x12 TLV as facts; null when it is too short. */
export function describeFindMy(value: Uint8Array): FindMy | null {
  const [status] = value
  if (status === undefined || value.length < 2) return null
  const maintained = (status & MAINTAINED) !== 0
  return {
    status: hex(status),
    mode: value.length >= SEPARATED_LENGTH ? 'separated' : 'nearby',
    maintained,
    battery: maintained ? (BATTERY[status >> 6] as FindMy['battery']) : null,
  }
}
