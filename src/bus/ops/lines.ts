import { isUtf8 } from 'node:buffer'
import { MAX_LINE_BYTES } from '../line-gatherer.ts'

const NEWLINE = 0x0a

export interface Line {
  /** From 1, blank lines counted. */
  number: number
  /** Without its line break; undefined when it cannot be read, and then `problem` says why. */
  text?: string
  problem?: string
}

/** The lines of a stream, grouped as they arrived so that what came together can be written together. Blank lines are left out. */
export async function* linesOf(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Line[], void, undefined> {
  let rest: Buffer[] = []
  let restBytes = 0
  let number = 0
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    const lines: Line[] = []
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const line = lineOf([...rest, bytes.subarray(start, end)], ++number)
      if (line) lines.push(line)
      rest = []
      restBytes = 0
      start = end + 1
    }
    if (start < bytes.length) rest.push(bytes.subarray(start))
    restBytes += bytes.length - start
    if (lines.length > 0) yield lines
    if (restBytes > MAX_LINE_BYTES) {
      yield [{ number: number + 1, problem: `longer than ${MAX_LINE_BYTES >> 20} MiB; is it one JSON object a line?` }]
      return
    }
  }
  const last = rest.length > 0 && lineOf(rest, number + 1)
  if (last) yield [last]
}

function lineOf(parts: Buffer[], number: number): Line | undefined {
  const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  if (!isUtf8(bytes)) return { number, problem: 'not UTF-8' }
  const text = bytes.toString().trim()
  return text === '' ? undefined : { number, text }
}
