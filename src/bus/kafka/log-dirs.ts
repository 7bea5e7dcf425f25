import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const DESCRIBE_LOG_DIRS_KEY = 35
/** The last version before flexible encoding; kafkajs has none. */
const DESCRIBE_LOG_DIRS_VERSION = 1

/** Asks a broker for the bytes on disk of its replicas of some partitions. Without the permission for it, it names none. */
export function logDirsCall(
  topic: string,
  partitions: readonly number[],
): CustomCall<{ replicas: Array<{ partition: number; bytes: number }> }> {
  const body = new WireWriter()
  body.array([topic], () => body.string(topic).array(partitions, (partition) => body.int32(partition)))
  return { apiKey: DESCRIBE_LOG_DIRS_KEY, apiVersion: DESCRIBE_LOG_DIRS_VERSION, name: 'DescribeLogDirs', body: body.done(), decode }
}

function decode(payload: Buffer): { replicas: Array<{ partition: number; bytes: number }> } {
  const wire = new WireReader(payload)
  wire.int32() // throttle time
  const folders = wire.array(() => {
    wire.int16() // error code: such a folder lists nothing
    wire.string()
    return wire.array(() => {
      wire.string()
      return wire.array(() => {
        const partition = wire.int32()
        const bytes = wire.int64()
        wire.int64() // lag of a replica that is being moved
        const isFuture = wire.int8() !== 0
        return isFuture ? [] : [{ partition, bytes }]
      })
    })
  })
  return { replicas: folders.flat(3) }
}
