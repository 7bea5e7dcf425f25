/**
 * Buffers to pack large batches in, used again and again: LMDB copies what it is given, so a buffer is free as soon as its batch
 * has been put, and new memory of this size costs more (page faults, garbage collection) than packing does.
 */
const SIZES = [256 << 10, 512 << 10] as const
/** Smaller ones come cheap. */
const MIN_BYTES = 128 << 10
/** Kept of each size: enough for the appends that are prepared while a commit is being written. */
const KEPT = 8

const free = new Map<number, Buffer[]>(SIZES.map((size) => [size, []]))

/** A buffer of `size` bytes, at the start of its ArrayBuffer, with anything in it. */
export function takeBuffer(size: number): Buffer {
  const fitting = size < MIN_BYTES ? undefined : SIZES.find((kept) => size <= kept)
  if (fitting === undefined) return Buffer.allocUnsafeSlow(size)
  return (free.get(fitting)?.pop() ?? Buffer.allocUnsafeSlow(fitting)).subarray(0, size)
}

/** Nobody looks at these bytes any more. Only for buffers that {@link takeBuffer} gave. */
export function giveBack(bytes: Buffer): void {
  const kept = free.get(bytes.buffer.byteLength)
  if (kept && kept.length < KEPT) kept.push(Buffer.from(bytes.buffer))
}
