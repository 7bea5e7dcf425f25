import { Arena, arenaOf } from './codec-wasm/arena.ts'

/** Most bytes of records in one answer. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024
/** An answer of that size, what is around its records, and what lines made of them may be written beyond (codec-wasm/blocks.wat). */
const FRAME_BYTES = MAX_ANSWER_BYTES + 256 * 1024
/** From this size on, more such answers are likely. */
const LARGE_ANSWER = 1024 * 1024

/** All of the memory that an answer lay in, for the next one; where answers are large, such that WebAssembly can read as well. */
export function largeFrame(answer: Buffer): Buffer {
  const { buffer } = answer
  const stays = answer.length < LARGE_ANSWER || answer.length > MAX_ANSWER_BYTES || arenaOf(answer) !== undefined
  return (stays ? null : Arena.open(FRAME_BYTES)?.bytes) ?? Buffer.from(buffer)
}
