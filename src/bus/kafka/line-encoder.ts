import { finishBatch, HEADER_SIZE, type WriterState } from './batch-encoder.ts'
import { giveMemory, takeMemory } from './batch-memory.ts'
import type { Codec } from './codecs.ts'
import { partSize, writePart } from './header-memo.ts'
import type { Compression } from './options.ts'
import { varlongSize, writeVarlong } from './varint.ts'

/** Values that end before a line break each. */
export interface Lines {
  bytes: Buffer
  /** Of the first value. */
  start: number
  /** Where each value ends; the next begins one byte further. */
  ends: Int32Array
  /** Of all of them. */
  key: Buffer | null
  timestamp: number
}

/** Attributes, and a time that is the batch's; no headers behind the value. */
const FIXED = 3

/** Bytes that line `i` of a batch takes, its length included. */
function sizeOf(length: number, i: number, keySize: number): number {
  const body = FIXED + varlongSize(i) + keySize + varlongSize(length) + length
  return varlongSize(body) + body
}

/**
 * One record batch of lines, made in place: they are copied to the end of the batch's memory in one go, and each is then moved forward to where it
 * belongs. What a record has beside its value is more than the line break, so what is written never overtakes what is still to be moved.
 */
export async function encodeLines(
  { bytes, start, ends, key, timestamp }: Lines,
  writer: WriterState,
  compression: { name: Compression; codec: Codec | null },
): Promise<Buffer> {
  const keySize = partSize(key)
  const count = ends.length
  let size = HEADER_SIZE
  for (let i = 0, from = start; i < count; i++) {
    const end = ends[i] as number
    size += sizeOf(end - from, i, keySize)
    from = end + 1
  }
  const last = ends[count - 1] as number
  // One more than fits exactly: the last line has no line break to give its place to.
  const memory = takeMemory(size + 1).subarray(0, size + 1)
  const shift = memory.length - last
  bytes.copy(memory, start + shift, start, last)
  let at = HEADER_SIZE
  for (let i = 0, from = start + shift; i < count; i++) {
    const end = (ends[i] as number) + shift
    const length = end - from
    at = writeVarlong(memory, at, FIXED + varlongSize(i) + keySize + varlongSize(length) + length)
    memory[at++] = 0 // attributes
    memory[at++] = 0 // the batch's time
    at = writeVarlong(memory, at, i)
    if (key === null) memory[at++] = 1
    else at = writePart(memory, at, key)
    at = writeVarlong(memory, at, length)
    memory.copyWithin(at, from, end)
    at += length
    memory[at++] = 0 // headers
    from = end + 1
  }
  if (at !== size) throw new Error(`lines took ${at} bytes, not ${size}`)
  const batch = await finishBatch(memory.subarray(0, size), { count, firstTime: timestamp, maxTime: timestamp }, writer, compression)
  if (compression.codec) giveMemory(memory)
  return batch
}
