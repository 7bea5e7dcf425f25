import type { Database } from 'lmdb'
import { checksum } from './checksum.ts'

/** An entry that is not what was written under its key. What to tell the user, store-error.ts knows. */
export class DamagedEntry extends Error {
  constructor() {
    super('an entry of its meta table has a wrong checksum')
    this.name = 'DamagedEntry'
  }
}

const CRC_BYTES = 4

/** Part of a range of keys: from `start` up to, not including, `end`. */
export interface KeyRange {
  start: Buffer
  end: Buffer
  limit?: number
}

/**
 * Everything the store knows besides batches: small entries under the keys of keys.ts, in JSON or as doubles (little-endian).
 * Each begins with a u32, the CRC-32 of key and content: LMDB has no checksums, and a wrong digit in an offset would be believed.
 * Whatever reads throws {@link DamagedEntry}; whatever writes must run inside a transaction.
 */
export class MetaTable {
  readonly table: Database<Buffer, Buffer>

  constructor(table: Database<Buffer, Buffer>) {
    this.table = table
  }

  json<T>(key: Buffer): T | undefined {
    const entry = this.table.get(key)
    return entry && parse<T>(key, entry)
  }

  putJson(key: Buffer, value: unknown): void {
    this.table.putSync(key, seal(key, Buffer.from(JSON.stringify(value))))
  }

  number(key: Buffer, otherwise: number): number {
    const entry = this.table.get(key)
    return entry ? unseal(key, entry).readDoubleLE(0) : otherwise
  }

  /** The doubles under a key, as their bytes. */
  doubles(key: Buffer): Buffer | undefined {
    const entry = this.table.get(key)
    return entry && unseal(key, entry)
  }

  putDoubles(key: Buffer, ...values: readonly number[]): void {
    const content = Buffer.allocUnsafe(8 * values.length)
    for (let i = 0; i < values.length; i++) content.writeDoubleLE(values[i] ?? 0, 8 * i)
    this.table.putSync(key, seal(key, content))
  }

  remove(key: Buffer): void {
    this.table.removeSync(key)
  }

  /** Keys in a range, all at once: they may be removed then. */
  keys(range: KeyRange): Buffer[] {
    return Array.from(this.table.getKeys(range), (key) => Buffer.from(key))
  }

  jsonRange<T>(range: KeyRange): Array<{ key: Buffer; value: T }> {
    return Array.from(this.table.getRange(range), ({ key, value }) => ({ key: Buffer.from(key), value: parse<T>(key, value) }))
  }

  doublesRange(range: KeyRange): Array<{ key: Buffer; value: Buffer }> {
    return Array.from(this.table.getRange(range), ({ key, value }) => ({ key: Buffer.from(key), value: unseal(key, value) }))
  }

  /** The number under the last key before `before` and not before `from`, or `otherwise`. */
  numberBefore(before: Buffer, from: Buffer, otherwise: number): number {
    for (const { key, value } of this.table.getRange({ start: before, end: from, exclusiveStart: true, reverse: true, limit: 1 })) {
      return unseal(key, value).readDoubleLE(0)
    }
    return otherwise
  }
}

/** Whether an entry is what was written under its key. */
export function isIntact(key: Uint8Array, entry: Buffer): boolean {
  return entry.length > CRC_BYTES && (checksum(entry.subarray(CRC_BYTES)) ^ checksum(key)) >>> 0 === entry.readUInt32LE(0)
}

function seal(key: Uint8Array, content: Buffer): Buffer {
  const entry = Buffer.allocUnsafe(CRC_BYTES + content.length)
  entry.writeUInt32LE((checksum(content) ^ checksum(key)) >>> 0, 0)
  entry.set(content, CRC_BYTES)
  return entry
}

function unseal(key: Uint8Array, entry: Buffer): Buffer {
  if (!isIntact(key, entry)) throw new DamagedEntry()
  return entry.subarray(CRC_BYTES)
}

function parse<T>(key: Uint8Array, entry: Buffer): T {
  return JSON.parse(unseal(key, entry).toString()) as T
}
