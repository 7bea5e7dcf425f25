import type { CallWithTail } from './send-in-pieces.ts'
import { WireReader, WireWriter } from './wire.ts'

const PRODUCE_KEY = 0
/** Takes zstd (KIP-110); the newest that Kafka 2.1 and 4.x both have. */
const PRODUCE_VERSION = 7

export interface ProduceArguments {
  topic: string
  partition: number
  batch: Buffer
  /** All in-sync replicas, or nobody: then there is no answer. */
  acks: -1 | 0
  /** How long the broker may wait for the replicas, ms. */
  timeoutMs: number
  transactionalId: string | null
}

export interface ProduceAnswer {
  errorCode: number
  /** Offset of the batch's first record. */
  baseOffset: number
  /** ms; kafkajs holds the next request back for that long. */
  clientSideThrottleTime: number
}

/** Produce v7 with ONE batch to ONE partition: an answer is about it all, and there is nothing to forget when a leader dies. */
export function produceCall({ topic, partition, batch, acks, timeoutMs, transactionalId }: ProduceArguments): CallWithTail<ProduceAnswer> {
  const body = new WireWriter().string(transactionalId).int16(acks).int32(timeoutMs)
  body.int32(1).string(topic)
  body.int32(1).int32(partition)
  body.int32(batch.length)
  const call = { apiKey: PRODUCE_KEY, apiVersion: PRODUCE_VERSION, name: 'Produce', body: body.done(), tail: batch }
  return acks === 0 ? call : { ...call, decode: decodeProduce }
}

function decodeProduce(payload: Buffer): ProduceAnswer {
  const wire = new WireReader(payload)
  const partitions = wire.array(() => {
    wire.string()
    return wire.array(() => {
      wire.int32() // partition
      const errorCode = wire.int16()
      const baseOffset = wire.int64()
      wire.int64() // log append time
      wire.int64() // log start offset
      return { errorCode, baseOffset }
    })
  })
  const clientSideThrottleTime = wire.int32()
  const [answer] = partitions.flat()
  if (!answer) throw new RangeError('a Produce answer without a partition')
  return { ...answer, clientSideThrottleTime }
}
