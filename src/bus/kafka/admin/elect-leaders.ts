import type { TopicPartition } from '../../bus.ts'
import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'
import { byTopic } from './by-topic.ts'
import type { PartitionAnswers } from './reassign.ts'

const ELECT_LEADERS_KEY = 43
/** The last version before flexible encoding. */
const ELECT_LEADERS_VERSION = 1
/** 1 would be an unclean election, which loses records. */
const PREFERRED = 0

/** ElectLeaders (KIP-460): the first replica of each partition leads, where it is in sync. */
export function electLeadersCall(partitions: readonly TopicPartition[], timeoutMs: number): CustomCall<PartitionAnswers> {
  const body = new WireWriter().int8(PREFERRED)
  body.array(byTopic(partitions), ([topic, some]) => body.string(topic).array(some, ({ partition }) => body.int32(partition)))
  const call = { apiKey: ELECT_LEADERS_KEY, apiVersion: ELECT_LEADERS_VERSION, name: 'ElectLeaders' }
  return { ...call, body: body.int32(timeoutMs).done(), decode }
}

function decode(payload: Buffer): PartitionAnswers {
  const wire = new WireReader(payload)
  wire.int32() // throttle time
  const code = wire.int16()
  const partitions = wire.array(() => {
    const topic = wire.string() ?? ''
    return wire.array(() => ({ topic, partition: wire.int32(), code: wire.int16(), message: wire.string() }))
  })
  return { code, message: null, partitions: partitions.flat() }
}
