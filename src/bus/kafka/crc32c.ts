/** CRC-32C (Castagnoli, RFC 3720 appendix B.4) of the bytes, unsigned, as Kafka's record batches carry it. */
export let crc32c: (bytes: Uint8Array) => number = portableCrc32c

/** Use the processor's own instructions from now on, where the platform has the module: 28 GB/s instead of 0.3. */
export async function loadFastCrc32c(): Promise<void> {
  try {
    const native = await import('@node-rs/crc32')
    crc32c = (bytes) => native.crc32c(bytes)
  } catch {
    crc32c = portableCrc32c
  }
}

const REFLECTED_POLYNOMIAL = 0x82f63b78
let table: Int32Array | undefined

/** The same, a byte at a time, for platforms without the module. */
export function portableCrc32c(bytes: Uint8Array): number {
  table ??= Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ REFLECTED_POLYNOMIAL : crc >>> 1
    return crc
  })
  let crc = -1
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
  return ~crc >>> 0
}
