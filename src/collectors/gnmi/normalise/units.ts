/** Factor from a unit that devices use to a unit of `device_metrics`: value × `multiply` ÷ `divide`. Two numbers, so that 57 % is 0.57. */
export interface Factor {
  readonly multiply: number
  readonly divide: number
}

const times = (multiply: number): Factor => ({ multiply, divide: 1 })
const over = (divide: number): Factor => ({ multiply: 1, divide })

/** By the unit of the metric, the units that a device's value may have. */
const CONVERSIONS: Readonly<Record<string, Readonly<Record<string, Factor>>>> = {
  ratio: { percent: over(100), permille: over(1_000), 'percent/100': over(10_000) },
  'bit/s': {
    'kbit/s': times(1e3),
    'Mbit/s': times(1e6),
    'Gbit/s': times(1e9),
    'byte/s': times(8),
  },
  s: {
    ns: over(1e9),
    us: over(1e6),
    ms: over(1e3),
    cs: over(100),
    min: times(60),
    h: times(3_600),
    d: times(86_400),
  },
  Cel: { mCel: over(1e3) },
  byte: { KiB: times(1024), MiB: times(1024 ** 2), GiB: times(1024 ** 3) },
}

/** What grows in a counter, by the unit of its rate; and bits on the wire for each, at least: a frame has 64 bytes. */
export const COUNTED: Readonly<Record<string, { readonly rate: string; readonly bits: number }>> = {
  octets: { rate: 'byte/s', bits: 8 },
  bits: { rate: 'bit/s', bits: 1 },
  packets: { rate: 'packet/s', bits: 512 },
  events: { rate: 'event/s', bits: 0 },
}

/** The factor, or undefined where there is none. */
export function factor(from: string, to: string): Factor | undefined {
  return from === to ? times(1) : CONVERSIONS[to]?.[from]
}

/** The units that can become this one. */
export const unitsFor = (to: string): string[] => [to, ...Object.keys(CONVERSIONS[to] ?? {})]
