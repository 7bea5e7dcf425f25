import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const DELETE = 0x7f

/**
 * A JSON value for a person: text without its quotes, where it needs none; anything else as it is. Text keeps them that is empty, has
 * something escaped in it, or a space at an end: what then begins with a quote is JSON, and everything else means itself.
 */
export function writeBare(out: ByteBuffer, json: Buffer): void {
  out.bytes(isBare(json) ? json.subarray(1, -1) : json)
}

function isBare(json: Buffer): boolean {
  const last = json.length - 1
  if (last < 2 || json[0] !== QUOTE || json[1] === SPACE || json[last - 1] === SPACE) return false
  for (let at = 1; at < last; at++) if (json[at] === BACKSLASH || json[at] === DELETE) return false
  return true
}
