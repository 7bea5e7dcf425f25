/** Whether bytes are UTF-8 as the standard has it: no overlong forms, no surrogates, nothing beyond U+10FFFF. No call out, no piece cut. */
export function isUtf8(u8: Uint8Array, start: number, end: number): boolean {
  let p = start
  while (p < end) {
    const lead = u8[p] as number
    if (lead < 0x80) {
      p++
      continue
    }
    const more = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0
    if (more === 0 || p + more >= end) return false
    const second = u8[p + 1] as number
    if ((second & 0xc0) !== 0x80) return false
    if (lead === 0xe0 && second < 0xa0) return false
    if (lead === 0xed && second > 0x9f) return false
    if (lead === 0xf0 && second < 0x90) return false
    if (lead === 0xf4 && second > 0x8f) return false
    if (more > 1 && ((u8[p + 2] as number) & 0xc0) !== 0x80) return false
    if (more > 2 && ((u8[p + 3] as number) & 0xc0) !== 0x80) return false
    p += more + 1
  }
  return true
}
