import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const FETCH_KEY = 1
/** The newest before topic ids replace names; has rack ids and followers to read from (KIP-392). */
const FETCH_VERSION = 11

export interface FetchArguments {
  partitions: ReadonlyArray<{ topic: string; partition: number; offset: number }>
  readCommitted: boolean
  maxWaitMs: number
  maxBytes: number
  maxPartitionBytes: number
  rack: string
}

export interface FetchedPartition {
  topic: string
  partition: number
  errorCode: number
  highWatermark: number
  /** Transactions before it are decided; where nothing is open it is the high watermark. */
  lastStableOffset: number
  /** In the order in which they ended, as the broker's index of them has it: not that of their first offsets. */
  aborted: ReadonlyArray<{ producerId: bigint; firstOffset: number }>
  /** The broker to read from instead, or -1. */
  preferredReplica: number
  /** Record batches, the last one possibly cut off. */
  records: Buffer
}

export interface FetchAnswer {
  errorCode: number
  /** ms; kafkajs holds the next request back for that long. */
  clientSideThrottleTime: number
  partitions: FetchedPartition[]
  /** All of it, as it came: the records lie in here. */
  payload: Buffer
}

/** Fetch v11 without a fetch session: every request says all. */
export function fetchCall({
  partitions,
  readCommitted,
  maxWaitMs,
  maxBytes,
  maxPartitionBytes,
  rack,
}: FetchArguments): CustomCall<FetchAnswer> {
  const body = new WireWriter()
  const minBytes = 1
  body.int32(-1).int32(maxWaitMs).int32(minBytes).int32(maxBytes)
  body.int8(readCommitted ? 1 : 0)
  const noSession = { id: 0, epoch: -1 }
  body.int32(noSession.id).int32(noSession.epoch)
  body.array(partitions, ({ topic, partition, offset }) => {
    const anyEpoch = -1
    const noLogStart = -1
    body.string(topic).int32(1)
    body.int32(partition).int32(anyEpoch).int64(offset).int64(noLogStart).int32(maxPartitionBytes)
  })
  const forgotten = 0
  body.int32(forgotten).string(rack)
  return { apiKey: FETCH_KEY, apiVersion: FETCH_VERSION, name: 'Fetch', body: body.done(), decode: decodeFetch }
}

function decodeFetch(payload: Buffer): FetchAnswer {
  const wire = new WireReader(payload)
  const clientSideThrottleTime = wire.int32()
  const errorCode = wire.int16()
  wire.int32() // session id
  const topics = wire.array(() => {
    const topic = wire.string() ?? ''
    return wire.array(() => decodePartition(wire, topic))
  })
  return { errorCode, clientSideThrottleTime, partitions: topics.flat(), payload }
}

function decodePartition(wire: WireReader, topic: string): FetchedPartition {
  const partition = wire.int32()
  const errorCode = wire.int16()
  const highWatermark = wire.int64()
  const lastStableOffset = wire.int64()
  wire.int64() // log start offset
  const aborted = wire.array(() => {
    const producerId = BigInt(wire.int64())
    return { producerId, firstOffset: wire.int64() }
  })
  const preferredReplica = wire.int32()
  const records = wire.bytes(Math.max(0, wire.int32()))
  return { topic, partition, errorCode, highWatermark, lastStableOffset, aborted, preferredReplica, records }
}
