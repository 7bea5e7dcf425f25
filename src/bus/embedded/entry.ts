import { checksum } from './checksum.ts'

/**
 * Values of the `meta` table: a u32 CRC-32 of the rest, then JSON, or doubles (little-endian). LMDB has no checksums of its own,
 * and a wrong digit in an offset would otherwise be believed.
 */
const CRC_BYTES = 4

/** An entry that is not what was written. What to tell the user, store-error.ts knows. */
export class DamagedEntry extends Error {
  constructor() {
    super('an entry of its meta table has a wrong checksum')
    this.name = 'DamagedEntry'
  }
}

export function sealJson(value: unknown): Buffer {
  return seal(Buffer.from(JSON.stringify(value)))
}

/** Throws {@link DamagedEntry}. */
export function openJson<T>(entry: Buffer): T {
  return JSON.parse(unseal(entry).toString()) as T
}

export function sealDoubles(...values: readonly number[]): Buffer {
  const payload = Buffer.allocUnsafe(8 * values.length)
  for (let i = 0; i < values.length; i++) payload.writeDoubleLE(values[i] ?? 0, 8 * i)
  return seal(payload)
}

/** The `i`-th double of an entry that {@link checkEntry} has passed. */
export function doubleAt(entry: Buffer, i: number): number {
  return entry.readDoubleLE(CRC_BYTES + 8 * i)
}

/** The one number of an entry, or `otherwise` where there is none. Throws {@link DamagedEntry}. */
export function openNumber(entry: Buffer | undefined, otherwise: number): number {
  return entry ? doubleAt(checkEntry(entry), 0) : otherwise
}

/** Throws {@link DamagedEntry}. */
export function checkEntry(entry: Buffer): Buffer {
  unseal(entry)
  return entry
}

function seal(payload: Buffer): Buffer {
  const entry = Buffer.allocUnsafe(CRC_BYTES + payload.length)
  entry.writeUInt32LE(checksum(payload), 0)
  entry.set(payload, CRC_BYTES)
  return entry
}

function unseal(entry: Buffer): Buffer {
  const payload = entry.subarray(CRC_BYTES)
  if (payload.length === 0 || checksum(payload) !== entry.readUInt32LE(0)) throw new DamagedEntry()
  return payload
}
