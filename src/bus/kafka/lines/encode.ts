import { varlongSize, writeVarlong } from '../varint.ts'

const NEWLINE = 0x0a
/** Attributes, and a time that is the batch's; no headers behind the value. */
const FIXED = 3

/** Where in one piece of memory what lies. */
export interface LinesPlace {
  /** The key of every record as a batch has it, its length in front. */
  key: number
  keySize: number
  /** The lines; the last one may have no line break. */
  from: number
  end: number
  /** Where records go, up to `limit`; the first of them may pass it, and goes up to `capacity`. */
  at: number
  limit: number
  capacity: number
}

export interface LinesEncoded {
  /** Behind the last record. */
  at: number
  count: number
  /** Where the next line begins that did not fit. */
  next: number
}

/** Beside the size of the key, so many bytes behind `capacity` may be written over; and so many behind the lines are read. */
export const SLACK = 64

/** Memory, and what makes records of lines in it. */
export interface LineEncoder {
  readonly memory: Buffer
  /** Records of a batch (KIP-98), of as many lines as fit. */
  encode(place: LinesPlace): LinesEncoded
}

/** In plain JavaScript: where WebAssembly is not to be had, and to test the other one by. */
export function plainEncoder(bytes: number): LineEncoder {
  const memory = Buffer.allocUnsafeSlow(bytes)
  return { memory, encode: (place) => encodePlain(memory, place) }
}

function encodePlain(memory: Buffer, { key, keySize, from, end, at, limit, capacity }: LinesPlace): LinesEncoded {
  let count = 0
  let next = from
  while (next < end) {
    const found = memory.indexOf(NEWLINE, next)
    const to = found < 0 || found > end ? end : found
    const length = to - next
    const body = FIXED + varlongSize(count) + keySize + varlongSize(length) + length
    if (at + varlongSize(body) + body > (count === 0 ? capacity : limit)) break
    at = writeVarlong(memory, at, body)
    memory[at++] = 0 // attributes
    memory[at++] = 0 // the batch's time
    at = writeVarlong(memory, at, count)
    memory.copyWithin(at, key, key + keySize)
    at = writeVarlong(memory, at + keySize, length)
    memory.copyWithin(at, next, to)
    at += length
    memory[at++] = 0 // headers
    count++
    next = to + 1
  }
  return { at, count, next: Math.min(next, end) }
}
