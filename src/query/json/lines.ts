const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * The lines of NDJSON in a buffer, without their ends; empty ones are passed over, as Flink does. Returns where the last, unfinished line begins:
 * the caller puts it before the bytes that come next, or hands it in as a line at the end of the file.
 */
export function forEachLine(bytes: Buffer, start: number, end: number, take: (start: number, end: number) => void): number {
  let at = start
  for (;;) {
    const newline = bytes.indexOf(NEWLINE, at)
    if (newline < 0 || newline >= end) return at
    const stop = newline > at && bytes[newline - 1] === RETURN ? newline - 1 : newline
    if (stop > at) take(at, stop)
    at = newline + 1
  }
}

/** Whole lines of a file, and where they stand in it. */
export interface LineBlock {
  bytes: Buffer
  /** Position in the file of the first byte. */
  offset: number
  /** The line is longer than allowed: these are its first bytes, without an end. The rest of it is passed over. */
  tooLong?: true
}

/**
 * A byte stream as blocks of whole lines: as many at once as have arrived, so that the work per line is {@link forEachLine} alone. The last line needs
 * no newline. Of a chunk nothing is copied but the line that goes over its end.
 * @param maxBytes of a line; default 16 MiB, so that input without newlines cannot fill the memory
 */
export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>, maxBytes = 1 << 24): AsyncGenerator<LineBlock> {
  let rest: Buffer[] = []
  let restBytes = 0
  let offset = 0
  let skipping = false
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const first = skipping || restBytes > 0 ? bytes.indexOf(NEWLINE) : -1
    let from = 0
    if (skipping && first < 0) {
      offset += bytes.length
      continue
    }
    if (skipping) {
      skipping = false
      from = first + 1
      offset += from
    } else if (first >= 0) {
      const line = Buffer.concat([...rest, bytes.subarray(0, first + 1)])
      yield { bytes: line, offset }
      offset += line.length
      from = first + 1
      rest = []
      restBytes = 0
    }
    const last = bytes.lastIndexOf(NEWLINE)
    if (last >= from) {
      yield { bytes: bytes.subarray(from, last + 1), offset }
      offset += last + 1 - from
      from = last + 1
    }
    if (from < bytes.length) rest.push(bytes.subarray(from))
    restBytes += bytes.length - from
    if (restBytes <= maxBytes) continue
    yield { bytes: Buffer.concat(rest).subarray(0, maxBytes), offset, tooLong: true }
    offset += restBytes
    rest = []
    restBytes = 0
    skipping = true
  }
  if (restBytes > 0) yield { bytes: Buffer.concat([...rest, Buffer.from('\n')]), offset }
}
