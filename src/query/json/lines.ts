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
