/** Columns of numbers as base64 for a saved state, and back; little-endian, as every machine that Node runs on. */
export const bytesOf = (column: NodeJS.TypedArray): string =>
  Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64')

export const floats = (text: string): Float32Array<ArrayBuffer> => new Float32Array(buffer(text))
export const shorts = (text: string): Uint16Array<ArrayBuffer> => new Uint16Array(buffer(text))
export const ints = (text: string): Int32Array<ArrayBuffer> => new Int32Array(buffer(text))
export const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(buffer(text))

/** A copy of its own: what Buffer gives may be a part of a pool that begins anywhere. */
function buffer(text: string): ArrayBuffer {
  const from = Buffer.from(text, 'base64')
  const copy = new ArrayBuffer(from.byteLength)
  new Uint8Array(copy).set(from)
  return copy
}
