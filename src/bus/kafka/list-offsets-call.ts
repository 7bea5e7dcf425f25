import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const LIST_OFFSETS_KEY = 2
/** Has the isolation level, and throttles by KIP-219; since Kafka 2.0. */
const LIST_OFFSETS_VERSION = 3

export interface ListedOffset {
  topic: string
  partition: number
  errorCode: number
  /** -1 where there is none. */
  offset: number
}

export interface ListOffsetsAnswer {
  clientSideThrottleTime: number
  offsets: ListedOffset[]
}

/** Asks a leader where a time (ms; -1 the end, -2 the beginning) is in its partitions. */
export function listOffsetsCall(
  queries: ReadonlyArray<{ topic: string; partition: number; timestamp: number }>,
  committed: boolean,
): CustomCall<ListOffsetsAnswer> {
  const body = new WireWriter()
  const consumer = -1
  body.int32(consumer).int8(committed ? 1 : 0)
  body.array(queries, ({ topic, partition, timestamp }) => {
    body.string(topic).int32(1)
    body.int32(partition).int64(timestamp)
  })
  return { apiKey: LIST_OFFSETS_KEY, apiVersion: LIST_OFFSETS_VERSION, name: 'ListOffsets', body: body.done(), decode }
}

function decode(payload: Buffer): ListOffsetsAnswer {
  const wire = new WireReader(payload)
  const clientSideThrottleTime = wire.int32()
  const topics = wire.array(() => {
    const topic = wire.string() ?? ''
    return wire.array(() => {
      const partition = wire.int32()
      const errorCode = wire.int16()
      wire.int64() // the time that was found
      return { topic, partition, errorCode, offset: wire.int64() }
    })
  })
  return { clientSideThrottleTime, offsets: topics.flat() }
}
