/** Kafka's default partitioner: murmur2 of the key bytes (org.apache.kafka.common.utils.Utils.murmur2), sign bit cleared. */
export function partitionOf(key: Buffer | string | null, partitions: number, unkeyed: () => number): number {
  if (partitions === 1) return 0
  if (key === null) return unkeyed() % partitions
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions
}

const SEED = 0x9747b28c
const M = 0x5bd1e995

/** 32-bit murmur2 as Kafka computes it. */
export function murmur2(data: Buffer): number {
  const length = data.length
  let h = SEED ^ length
  let i = 0
  for (; i + 4 <= length; i += 4) {
    let k = Math.imul(data.readInt32LE(i), M)
    k = Math.imul(k ^ (k >>> 24), M)
    h = Math.imul(h, M) ^ k
  }
  const rest = length - i
  if (rest > 0) {
    for (let j = rest - 1; j >= 0; j--) h ^= (data[i + j] ?? 0) << (8 * j)
    h = Math.imul(h, M)
  }
  h = Math.imul(h ^ (h >>> 13), M)
  return h ^ (h >>> 15)
}
