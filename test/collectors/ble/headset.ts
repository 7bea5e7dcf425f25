import { createCipheriv } from 'node:crypto'
import type { Advertisement } from '../../../src/collectors/ble/advertisement.ts'
import { AddressHash } from '../../../src/collectors/ble/keys/resolvable-address.ts'

/** What a simulated pair of pods says of itself. Batteries in percent. */
export interface Says {
  state?: 'disconnected' | 'idle' | 'music' | 'call' | 'ringing' | 'hanging_up'
  left?: number
  right?: number
  /** Absent: unknown. */
  case?: number
  inEar?: boolean
}

const STATES = { disconnected: 0, idle: 4, music: 5, call: 6, ringing: 7, hanging_up: 9 } as const
/** Left pod primary; both in the ear, or neither. */
const WORN = 0x2b
const LOOSE = 0x21

/** A simulated headset with keys: its addresses resolve with its IRK and its frames open with its ENC key. */
export class SimulatedHeadset {
  readonly irk: Buffer
  readonly enc: Buffer
  readonly #ah: AddressHash

  constructor(seed: number) {
    this.irk = Buffer.alloc(16, seed)
    this.enc = Buffer.alloc(16, seed + 100)
    this.#ah = new AddressHash(this.irk)
  }

  /** Its n-th resolvable address. */
  address(n: number): string {
    const prand = 0x400000 | (n & 0x3fffff)
    return colons(prand.toString(16).padStart(6, '0') + this.#ah.hash(prand).toString(16).padStart(6, '0'))
  }

  /** Manufacturer data of an AirPods Pro 2 status frame; the exact levels in its encrypted part. */
  frame({ state = 'idle', left = 80, right = 80, case: inCase, inEar = true }: Says): Buffer {
    const nibble = (percent: number | undefined) => (percent === undefined ? 15 : Math.floor(percent / 10))
    const plain = Buffer.alloc(16)
    plain.set([0x14, left, right, inCase ?? 0x7f])
    const cipher = createCipheriv('aes-128-ecb', this.enc, null).setAutoPadding(false)
    const levels = [(nibble(right) << 4) | nibble(left), 0x80 | nibble(inCase)]
    const head = [0x4c, 0, 0x07, 0x19, 0x01, 0x14, 0x20, inEar ? WORN : LOOSE, ...levels, 0x01, 0x00, STATES[state]]
    return Buffer.concat([Buffer.from(head), cipher.update(plain)])
  }
}

/** A frame on the air. */
export function heard(
  manufacturerData: Buffer,
  address: string,
  timestamp: number,
  receiver = 'rx-1',
  rssi: number | null = -60,
): Advertisement {
  return { timestamp, address, addressType: 'random', rssi, manufacturerData, receiver }
}

/** A random-looking address that is resolvable in form, different for each n. */
export function strangeAddress(n: number): string {
  const mixed = Math.imul(n, 0x9e3779b1) >>> 0
  return colons((0x400000 | (n & 0x3fffff)).toString(16) + (mixed & 0xffffff).toString(16).padStart(6, '0'))
}

const colons = (digits: string) => digits.toUpperCase().match(/../g)?.join(':') ?? ''
