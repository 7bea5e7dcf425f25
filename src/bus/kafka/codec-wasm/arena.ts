import { BLOCKS_WASM } from './blocks.wasm.ts'

/** What blocks.wat exports; places are bytes from the beginning of the memory, -1 is malformed. */
interface Blocks {
  lz4(from: number, fromEnd: number, to: number, toEnd: number, base: number): number
  snappy(from: number, fromEnd: number, to: number, toEnd: number): number
  lines(from: number, end: number, to: number, count: number): number
}

const PAGE = 64 * 1024
/** Copies go in steps of 16 and may write beyond where they end. */
export const SLACK = 64

/** Undefined until it is asked for, null where this machine cannot run it (no SIMD, WebAssembly switched off). */
let blocks: WebAssembly.Module | null | undefined

function compiled(): WebAssembly.Module | null {
  if (blocks !== undefined) return blocks
  try {
    blocks = new WebAssembly.Module(Buffer.from(BLOCKS_WASM, 'base64'))
    return blocks
  } catch {
    blocks = null
    return null
  }
}

/**
 * Memory that batches are unpacked in, and its unpacker. Each batch in a buffer of its own made V8 collect all garbage 31 times in 600 MB, as it
 * counts what buffers hold; that and fresh pages were more than half of what reading a snappy topic cost.
 */
export class Arena {
  readonly blocks: Blocks
  readonly #memory: WebAssembly.Memory
  #bytes: Buffer

  private constructor(memory: WebAssembly.Memory, blocks: Blocks) {
    this.#memory = memory
    this.blocks = blocks
    this.#bytes = Buffer.from(memory.buffer)
    arenas.set(memory.buffer, this)
  }

  /** With room for so many bytes; null where this machine has none. */
  static open(size = PAGE): Arena | null {
    const module = compiled()
    if (!module) return null
    try {
      const memory = new WebAssembly.Memory({ initial: Math.ceil(size / PAGE) })
      const { exports } = new WebAssembly.Instance(module, { arena: { memory } })
      return new Arena(memory, exports as unknown as Blocks)
    } catch {
      // The address space is limited, most likely: a memory reserves more of it than it uses.
      return null
    }
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  /** Makes room for so many bytes; views of before are void. False where the system has no more. */
  reserve(size: number): boolean {
    const missing = size + SLACK - this.#bytes.length
    if (missing <= 0) return true
    try {
      this.#memory.grow(Math.ceil(missing / PAGE))
    } catch {
      return false
    }
    this.#bytes = Buffer.from(this.#memory.buffer)
    arenas.set(this.#memory.buffer, this)
    return true
  }
}

const arenas = new WeakMap<ArrayBufferLike, Arena>()

/** The arena that these bytes lie in; undefined where they lie elsewhere. */
export function arenaOf(bytes: Buffer): Arena | undefined {
  return arenas.get(bytes.buffer)
}

/** What is lent at once, at most; whoever gets none keeps a copy. */
const MOST_LENT = 8
/** A batch that was unusually large is not to be paid for ever. */
export const LARGEST_KEPT = 16 * 1024 * 1024

/** The arenas of one reader: each batch of its answers is unpacked in one, which is used again when the batch has been let go. */
export class ArenaPool {
  readonly #idle: Arena[] = []
  #lent = 0

  /** Null where none is left, or this machine has none. */
  take(): Arena | null {
    if (this.#lent >= MOST_LENT) return null
    const arena = this.#idle.pop() ?? Arena.open()
    if (arena) this.#lent++
    return arena
  }

  give(arena: Arena): void {
    this.#lent--
    if (arena.bytes.length <= LARGEST_KEPT) this.#idle.push(arena)
  }
}
