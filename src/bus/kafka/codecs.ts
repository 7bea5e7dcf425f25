import * as zlib from 'node:zlib'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Compression } from './options.ts'

/** Compresses the records of one batch. Loaded when it is first met: a reader does not know before what a topic holds. */
export interface Codec {
  compress(bytes: Buffer): Buffer | Promise<Buffer>
  decompress(bytes: Buffer): Buffer | Promise<Buffer>
}

/** A few kilobytes may claim to be gigabytes: no broker takes batches that big (message.max.bytes is 1 MiB by default). */
const MAX_DECOMPRESSED = 256 * 1024 * 1024

/** In the order of Kafka's attribute bits (KIP-98 record batch, attributes 0..2). */
const NAMES: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const LOADERS: Readonly<Record<Exclude<Compression, 'none'>, () => Promise<Codec>>> = {
  gzip: async () => GZIP,
  snappy: loadSnappy,
  lz4: loadLz4,
  zstd: loadZstd,
}
const loaded = new Map<Compression, Promise<Codec>>()

/** The number of a codec in a batch's attributes. */
export function codecId(name: Compression): number {
  return NAMES.indexOf(name)
}

/**
 * The codec by its number; null is no compression.
 * @throws SHITOPS_E_NO_MODULE where its compiled module is missing, SHITOPS_E_BUS_UNSUPPORTED for a number that Kafka does not have
 */
export async function codecOf(id: number): Promise<Codec | null> {
  const name = NAMES[id]
  if (name === undefined) {
    throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `records are compressed with codec ${id}, which is not known`, {
      suggestions: ['go on behind them with --from OFFSET', 'find out what wrote them: Kafka’s codecs are gzip, snappy, lz4 and zstd'],
    })
  }
  if (name === 'none') return null
  let codec = loaded.get(name)
  if (!codec) {
    codec = LOADERS[name]().catch((error: unknown) => {
      throw new ShitopsError('SHITOPS_E_NO_MODULE', `${name} is not available on this machine: ${messageOf(error)}`, {
        suggestions: ['npm install --include=optional', 'write with compression=gzip, which needs no module'],
        cause: error,
      })
    })
    loaded.set(name, codec)
  }
  return codec
}

const GZIP: Codec = {
  compress: (bytes) => zlib.gzipSync(bytes),
  decompress: (bytes) => zlib.gunzipSync(bytes, { maxOutputLength: MAX_DECOMPRESSED }),
}

/** "\x82SNAPPY\0", version 1, compatible with 1: the stream header of xerial's snappy-java, which Kafka's Java clients write and read. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
const XERIAL_MAGIC = XERIAL.subarray(0, 8)
const XERIAL_BLOCK = 32 * 1024

/** Snappy's densest element copies 64 bytes and takes 3. */
const SNAPPY_DENSEST = 64 / 3

/** A block says how long it will be, and is given the memory for it: four bytes could ask for four gigabytes. */
function checkSnappy(block: Buffer): void {
  let claimed = 0
  for (let i = 0, scale = 1; i < 5; i++, scale *= 128) {
    const byte = block[i] ?? 0
    claimed += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  if (claimed > MAX_DECOMPRESSED || claimed > SNAPPY_DENSEST * block.length + 64)
    throw new Error(`${block.length} bytes claim to be ${claimed}`)
}

async function loadSnappy(): Promise<Codec> {
  const snappy = (await import('snappy')).default
  const unpack = (bytes: Buffer) => {
    checkSnappy(bytes)
    return asBuffer(snappy.uncompressSync(bytes, { asBuffer: true }))
  }
  return {
    compress(bytes) {
      const parts: Buffer[] = [XERIAL]
      for (let at = 0; at < bytes.length; at += XERIAL_BLOCK) {
        const block = snappy.compressSync(bytes.subarray(at, at + XERIAL_BLOCK))
        const length = Buffer.allocUnsafe(4)
        length.writeUInt32BE(block.length)
        parts.push(length, block)
      }
      return Buffer.concat(parts)
    },
    decompress(bytes) {
      // librdkafka writes one bare block, without xerial's frame.
      if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unpack(bytes)
      const parts: Buffer[] = []
      for (let at = XERIAL.length; at + 4 <= bytes.length; ) {
        const end = at + 4 + bytes.readUInt32BE(at)
        parts.push(unpack(bytes.subarray(at + 4, end)))
        at = end
      }
      return Buffer.concat(parts)
    },
  }
}

async function loadLz4(): Promise<Codec> {
  const lz4 = await import('lz4-napi')
  return { compress: (bytes) => lz4.compressFrameSync(bytes), decompress: (bytes) => lz4.decompressFrameSync(bytes) }
}

/** Bytes of Frame_Content_Size by its flag (RFC 8878, section 3.1.1.1). */
const ZSTD_SIZE_BYTES = [0, 2, 4, 8] as const

/** As a snappy block, a zstd frame may say how long it will be. */
function checkZstd(frame: Buffer): void {
  const descriptor = frame[4] ?? 0
  const flag = descriptor >> 6
  const single = (descriptor & 0x20) !== 0
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  const size = ZSTD_SIZE_BYTES[flag] || (single ? 1 : 0)
  if (size === 0 || at + size > frame.length) return
  const claimed = size === 8 ? Number(frame.readBigUInt64LE(at)) : frame.readUIntLE(at, size)
  if (claimed > MAX_DECOMPRESSED) throw new Error(`${frame.length} bytes claim to be ${claimed}`)
}

type ZlibWithZstd = typeof zlib & {
  zstdCompressSync?(bytes: Buffer): Buffer
  zstdDecompressSync?(bytes: Buffer, options: { maxOutputLength: number }): Buffer
}

/** Node has zstd of its own from 22.15 on. */
async function loadZstd(): Promise<Codec> {
  const { zstdCompressSync, zstdDecompressSync } = zlib as ZlibWithZstd
  if (zstdCompressSync && zstdDecompressSync) {
    return {
      compress: (bytes) => zstdCompressSync(bytes),
      decompress: (bytes) => zstdDecompressSync(bytes, { maxOutputLength: MAX_DECOMPRESSED }),
    }
  }
  const zstd = (await import('@mongodb-js/zstd')).default
  return {
    compress: (bytes) => zstd.compress(bytes),
    decompress: (bytes) => {
      checkZstd(bytes)
      return zstd.decompress(bytes)
    },
  }
}

function asBuffer(bytes: string | Buffer): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes
}
