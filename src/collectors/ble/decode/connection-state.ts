/**
 * The connection state byte (offset 8): what the headset is doing for its host. The whole byte names the state on AirPods. Headphones and
 * Beats set flags in the high nibble (0x24, 0x40, 0x44, 0xc5 …), so for them the low nibble is the state (inferred; all captures fit).
 */
const STATES: ReadonlyMap<number, AudioState> = new Map([
  [0x0, 'disconnected'],
  [0x4, 'idle'],
  [0x5, 'music'],
  [0x6, 'call'],
  [0x7, 'ringing'],
  [0x9, 'hanging_up'],
])

/** `unknown` for values seen without a known meaning (0x08, 0x0a) and for those never seen. */
export type AudioState = 'disconnected' | 'idle' | 'music' | 'call' | 'ringing' | 'hanging_up' | 'unknown'

const BY_BYTE: readonly AudioState[] = Array.from({ length: 256 }, (_, byte) => STATES.get(byte) ?? 'unknown')
const BY_LOW_NIBBLE: readonly AudioState[] = Array.from({ length: 256 }, (_, byte) => STATES.get(byte & 0x0f) ?? 'unknown')

/** The name of the whole byte: certain, where it has one. */
export function connectionStateName(byte: number): AudioState {
  return BY_BYTE[byte] as AudioState
}

/** The state that the low nibble says, flags set aside: what a tracker should use, with less confidence where the high nibble is not 0. */
export function audioState(byte: number): AudioState {
  return BY_LOW_NIBBLE[byte] as AudioState
}
