import { open } from 'node:fs/promises'
import type { LineBlock } from './lines.ts'

const NEWLINE = 0x0a
const FIRST_BYTES = 1 << 20

/**
 * A file as blocks of whole lines, as lineBlocks gives them, all read into one piece of memory: a block is what it is only until the next one is asked
 * for. The last line needs no newline.
 * @param maxBytes of a line; default 16 MiB  @param firstBytes read at once
 */
export async function* fileBlocks(path: string, maxBytes = 1 << 24, firstBytes = FIRST_BYTES): AsyncGenerator<LineBlock> {
  const file = await open(path, 'r')
  try {
    // Memory of its own, and not a piece of the pool: its views would be made anew for each.
    let bytes = Buffer.allocUnsafeSlow(firstBytes)
    /** Bytes of a line that is not whole yet, at the beginning. */
    let held = 0
    let offset = 0
    let skipping = false
    for (;;) {
      if (held === bytes.length) bytes = grown(bytes, held)
      const { bytesRead } = await file.read(bytes, held, bytes.length - held, null)
      if (bytesRead === 0) break
      const end = held + bytesRead
      let from = 0
      if (skipping) {
        from = bytes.subarray(0, end).indexOf(NEWLINE) + 1
        skipping = from === 0
        if (skipping) from = end
      }
      // Behind `held` alone there can be a newline, and before `from` nothing counts.
      const last = bytes.subarray(0, end).lastIndexOf(NEWLINE)
      if (!skipping && last >= from) {
        yield { bytes: bytes.subarray(from, last + 1), offset: offset + from }
        from = last + 1
      }
      if (end - from > maxBytes) {
        yield { bytes: bytes.subarray(from, from + maxBytes), offset: offset + from, tooLong: true }
        skipping = true
        from = end
      }
      bytes.copyWithin(0, from, end)
      offset += from
      held = end - from
    }
    if (held === 0) return
    if (held === bytes.length) bytes = grown(bytes, held)
    bytes[held] = NEWLINE
    yield { bytes: bytes.subarray(0, held + 1), offset }
  } finally {
    await file.close()
  }
}

function grown(bytes: Buffer, held: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(2 * bytes.length)
  bytes.copy(larger, 0, 0, held)
  return larger
}
