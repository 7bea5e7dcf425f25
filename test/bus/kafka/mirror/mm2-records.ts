import type { OutRecord } from '../../../../src/bus/bus.ts'

/** What MirrorMaker 2 writes into its topics, for tests without one. */
export function offsetSync(topic: string, partition: number, upstream: number, downstream: number): OutRecord {
  return { key: Buffer.concat([text(topic), int32(partition)]), value: Buffer.concat([int64(upstream), int64(downstream)]) }
}

export function checkpoint(group: string, topic: string, partition: number, upstream: number, downstream: number): OutRecord {
  const value = Buffer.concat([int16(0), int64(upstream), int64(downstream), text('')])
  return { key: Buffer.concat([text(group), text(topic), int32(partition)]), value }
}

export function heartbeat(source: string, target: string, at: number): OutRecord {
  return { key: Buffer.concat([text(source), text(target)]), value: Buffer.concat([int16(0), int64(at)]) }
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([int16(bytes.length), bytes])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}
