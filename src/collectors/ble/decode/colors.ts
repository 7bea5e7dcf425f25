/** Colour byte (offset 7) to name, as the classic models use it (capod). Newer models use other codes (0x0f, 0x11, 0x14, 0x44, 0x4f …): unknown. */
const COLORS = [
  'white',
  'black',
  'red',
  'blue',
  'pink',
  'gray',
  'silver',
  'gold',
  'rose_gold',
  'space_gray',
  'dark_blue',
  'light_blue',
  'yellow',
] as const

export type ColorName = (typeof COLORS)[number] | 'unknown'

const TABLE: readonly ColorName[] = Array.from({ length: 256 }, (_, code) => COLORS[code] ?? 'unknown')

export function colorName(code: number): ColorName {
  return TABLE[code] as ColorName
}
