import { Arena, arenaOf } from './codec-wasm/arena.ts'

/** Most bytes of records in one answer. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024
/** An answer of that size, what is around its records, and what lines made of them may be written beyond (codec-wasm/blocks.wat). */
const FRAME_BYTES = MAX_ANSWER_BYTES + 256 * 1024
/** From this size on, more such answers are likely. */
const LARGE_ANSWER = 1024 * 1024

/** Memory for the next answer in place of this one's: where answers are large, memory that WebAssembly can read as well. */
export function largeFrame(payload: Buffer): Buffer {
  if (payload.length < LARGE_ANSWER || arenaOf(payload)) return payload
  return Arena.open(FRAME_BYTES)?.bytes ?? payload
}
