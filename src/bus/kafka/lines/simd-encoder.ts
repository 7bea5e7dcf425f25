import { type LineEncoder, plainEncoder } from './encode.ts'
import { ENCODE_WASM } from './encode.wasm.ts'

const PAGE = 65_536

interface Encode {
  encode(key: number, keySize: number, from: number, end: number, at: number, limit: number, capacity: number): number
  count: WebAssembly.Global
  next: WebAssembly.Global
}

/** As {@link plainEncoder}, at a fifth of its cost: WebAssembly's instructions for 16 bytes at a time. Throws where this machine has them not. */
export function simdEncoder(bytes: number): LineEncoder {
  const pages = Math.ceil(bytes / PAGE)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(ENCODE_WASM, 'base64')), { lines: { memory } })
  const { encode, count, next } = exports as unknown as Encode
  return {
    memory: Buffer.from(memory.buffer),
    encode: (place) => {
      const at = encode(place.key, place.keySize, place.from, place.end, place.at, place.limit, place.capacity)
      return { at, count: count.value, next: next.value }
    },
  }
}

/** The fastest encoder that this machine has: no WebAssembly with --jitless, no SIMD on old processors, no address space under `ulimit -v`. */
export function fastestEncoder(bytes: number): LineEncoder {
  try {
    return simdEncoder(bytes)
  } catch {
    return plainEncoder(bytes)
  }
}
