import { FRAMING } from './batch-encoder.ts'
import { partSize } from './header-memo.ts'
import { LineRun } from './run.ts'

const NEWLINE = 0x0a
/** Length of a value, and the number of its headers. */
const BESIDE = 6

/** Where ends are gathered; kept, for there are many of them again and again. */
let scratch: Int32Array = new Int32Array(8_192)

function grown(ends: Int32Array): Int32Array {
  scratch = new Int32Array(2 * ends.length)
  scratch.set(ends)
  return scratch
}

/** Runs of lines that fit a batch each, in their order. A line that is larger than a batch is one of its own. */
export function cutLines(
  bytes: Buffer,
  { key, timestamp, maxBytes }: { key: Buffer | null; timestamp: number; maxBytes: number },
): Array<{ run: LineRun; bytes: number }> {
  const beside = FRAMING + partSize(key) + BESIDE
  const pieces: Array<{ run: LineRun; bytes: number }> = []
  let ends = scratch
  let count = 0
  let start = 0
  let size = 0
  const close = (next: number) => {
    if (count > 0) pieces.push({ run: new LineRun({ bytes, start, ends: ends.slice(0, count), key, timestamp }), bytes: size })
    count = 0
    start = next
    size = 0
  }
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, from)
    const end = found < 0 ? bytes.length : found
    if (size + beside + end - from > maxBytes) close(from)
    if (count === ends.length) ends = grown(ends)
    ends[count++] = end
    size += beside + end - from
    from = end + 1
  }
  close(bytes.length)
  return pieces
}
