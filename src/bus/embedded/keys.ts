import { ShitopsError } from '../../base/errors.ts'

/**
 * Keys of the two LMDB databases, all big-endian so that byte order is the order wanted.
 *
 * `log`:  topicId u32, partition u32, baseOffset u64           -> a packed record batch (batch-codec.ts)
 * `meta`: one letter, then what it is about; texts end with NUL -> JSON, or a fixed binary record
 */

const LOG_KEY_BYTES = 16
const TWO_32 = 2 ** 32

/** Key of the batch that starts at `offset` (below 2^53). */
export function logKey(topicId: number, partition: number, offset: number): Buffer {
  const key = Buffer.allocUnsafe(LOG_KEY_BYTES)
  key.writeUInt32BE(topicId, 0)
  key.writeUInt32BE(partition, 4)
  key.writeUInt32BE(Math.floor(offset / TWO_32), 8)
  key.writeUInt32BE(offset % TWO_32, 12)
  return key
}

/** First key past every batch of a partition. */
export function logEnd(topicId: number, partition: number): Buffer {
  return logKey(topicId, partition + 1, 0)
}

/** Base offset of the batch under a log key. */
export function offsetOfLogKey(key: Uint8Array): number {
  const view = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  return view.readUInt32BE(8) * TWO_32 + view.readUInt32BE(12)
}

/** What kinds of entry `meta` holds. */
export const META = {
  /** {format, createdAt}: what wrote this store */
  format: 'F',
  /** counter: the next topic id */
  nextTopicId: 'N',
  /** counter: grows with every change of any topic, so that caches know */
  topicEpoch: 'E',
  /** bytes of all stored batches */
  totalBytes: 'B',
  /** when some process last did the housekeeping, ms */
  maintained: 'M',
  /** name -> topic */
  topic: 't',
  /** topic id -> a deleted topic whose batches still wait to be removed */
  deleted: 'd',
  /** topicId, partition -> head (head.ts) */
  head: 'h',
  /** topicId, partition, time -> offset (time-index.ts) */
  time: 'i',
  /** group -> its generation and assignment */
  group: 'g',
  /** group, member id -> heartbeat and subscription */
  member: 'm',
  /** group, topic, partition -> committed offset */
  offset: 'o',
  /** transactional id -> epoch of its newest user */
  writer: 'x',
} as const

/** LMDB's keys are short: a group, a topic and a partition must fit into one. */
const MAX_NAME_BYTES = 500

/**
 * A `meta` key of texts, each ended by NUL, so that `textKey(kind, a)` is a prefix of `textKey(kind, a, b)`.
 * Throws SHITOPS_E_USAGE for a name that cannot be part of a key.
 */
export function textKey(kind: string, ...parts: readonly string[]): Buffer {
  for (const part of parts) {
    if (part.includes('\0') || Buffer.byteLength(part) > MAX_NAME_BYTES) {
      throw new ShitopsError(
        'SHITOPS_E_USAGE',
        `${JSON.stringify(part.slice(0, 80))} cannot be a name: at most ${MAX_NAME_BYTES} bytes, without NUL`,
      )
    }
  }
  return Buffer.from(kind + parts.map((part) => `${part}\0`).join(''))
}

/** The texts of a key that {@link textKey} made. */
export function partsOfTextKey(key: Uint8Array): string[] {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('utf8', 1).split('\0').slice(0, -1)
}

/** A `meta` key of 32-bit numbers. */
export function numberKey(kind: string, ...numbers: readonly number[]): Buffer {
  const key = Buffer.allocUnsafe(1 + 4 * numbers.length)
  key.write(kind, 0, 'latin1')
  numbers.forEach((number, i) => {
    key.writeUInt32BE(number, 1 + 4 * i)
  })
  return key
}

/** First key past all that start with `prefix`; the prefixes used here never end in 0xff. */
export function pastPrefix(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix)
  for (let i = end.length - 1; i >= 0; i--) {
    const byte = end[i] ?? 0
    if (byte < 0xff) {
      end[i] = byte + 1
      return end.subarray(0, i + 1)
    }
  }
  return end
}
