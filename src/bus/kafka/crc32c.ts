/** Reflected Castagnoli polynomial (RFC 3720, appendix B.4). */
const POLYNOMIAL = 0x82f63b78
const SLICES = 8

/** Slicing-by-8 (Kounavis and Berry, 2005): table k advances a byte that has k more bytes behind it. */
const TABLES = makeTables()

function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    tables[byte] = crc
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256] as number
    tables[i] = (previous >>> 8) ^ (tables[previous & 0xff] as number)
  }
  return tables
}

/** CRC-32C of the bytes, as Kafka's record batches carry it; unsigned. */
export function crc32c(data: Buffer, from = 0, to = data.length): number {
  const t = TABLES
  let crc = -1
  let i = from
  for (; i + SLICES <= to; i += SLICES) {
    // The casts hold: every index is below the table's 2,048 entries and every byte below `to`.
    const low = crc ^ data.readInt32LE(i)
    const high = data.readInt32LE(i + 4)
    crc =
      (t[1792 + (low & 0xff)] as number) ^
      (t[1536 + ((low >>> 8) & 0xff)] as number) ^
      (t[1280 + ((low >>> 16) & 0xff)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (high & 0xff)] as number) ^
      (t[512 + ((high >>> 8) & 0xff)] as number) ^
      (t[256 + ((high >>> 16) & 0xff)] as number) ^
      (t[high >>> 24] as number)
  }
  for (; i < to; i++) crc = (crc >>> 8) ^ (t[(crc ^ (data[i] as number)) & 0xff] as number)
  return ~crc >>> 0
}
