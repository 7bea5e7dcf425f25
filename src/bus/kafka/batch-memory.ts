/** Kept to be used again, at most. */
const SPARES = 4
const LARGEST = 4 * 1024 * 1024
/** Sizes are rounded up to this, so that what one batch leaves fits the next. */
const STEP = 128 * 1024

const spares: Buffer[] = []

/**
 * Memory for a batch, of that many bytes at least. Large buffers weigh on the garbage collector out of proportion: half a gigabyte of batches made
 * anew is a full collection every 6 MB.
 */
export function takeMemory(size: number): Buffer {
  const index = spares.findIndex((spare) => spare.length >= size)
  return spares.splice(index, index < 0 ? 0 : 1)[0] ?? Buffer.allocUnsafeSlow(Math.ceil(size / STEP) * STEP)
}

/** Only what nobody looks at any more, the socket included, and only once. */
export function giveMemory(bytes: Buffer): void {
  const { buffer } = bytes
  if (spares.length < SPARES && buffer.byteLength >= STEP && buffer.byteLength <= LARGEST) spares.push(Buffer.from(buffer))
}
