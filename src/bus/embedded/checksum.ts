import { crc32 as portableCrc32 } from 'node:zlib'

/** CRC-32 (IEEE), as zlib's. @node-rs/crc32 computes the same at twice the speed, and reading is mostly checking. */
let crc: (bytes: Uint8Array) => number = portableCrc32

/** Use the fast implementation from now on, where the platform has it. */
export async function loadFastChecksum(): Promise<void> {
  try {
    const { crc32 } = await import('@node-rs/crc32')
    crc = (bytes) => crc32(bytes)
  } catch {
    crc = portableCrc32
  }
}

export function checksum(bytes: Uint8Array): number {
  return crc(bytes)
}
