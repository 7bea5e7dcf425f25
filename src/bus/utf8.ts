/** Up to this length a loop over the characters is faster than a call into Node's native encoder; keys and header names are short. */
const SHORT = 32

/** Bytes of a text in UTF-8. */
export function utf8Bytes(text: string): number {
  if (text.length > SHORT) return Buffer.byteLength(text)
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text)
  return text.length
}

/** Write a text in UTF-8 at `start`, where there is room for all of it; returns where it ends. */
export function writeUtf8(bytes: Buffer, text: string, start: number): number {
  if (text.length > SHORT) return start + bytes.write(text, start)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return start + bytes.write(text, start)
    bytes[start + i] = code
  }
  return start + text.length
}
