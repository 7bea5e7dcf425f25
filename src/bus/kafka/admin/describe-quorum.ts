import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'

const DESCRIBE_QUORUM_KEY = 55
/** The version of Kafka 3.3, with the times of the last fetch. */
const DESCRIBE_QUORUM_VERSION = 1
const METADATA_TOPIC = '__cluster_metadata'

export interface DescribedQuorum {
  code: number
  leader: number
  /** First offset of the metadata log that is not agreed on yet. */
  highWatermark: number
  voters: Array<{ id: number; endOffset: number }>
}

/** DescribeQuorum (KIP-595): who leads the controllers, and how far each is. Only in KRaft; needs the right to describe the cluster. */
export function describeQuorumCall(): CustomCall<DescribedQuorum> {
  const body = new WireWriter().noTags()
  body.compactArray([METADATA_TOPIC], (topic) => {
    body.compactString(topic)
    body.compactArray([0], (partition) => body.int32(partition).noTags()).noTags()
  })
  const call = { apiKey: DESCRIBE_QUORUM_KEY, apiVersion: DESCRIBE_QUORUM_VERSION, name: 'DescribeQuorum' }
  return { ...call, body: body.noTags().done(), decode }
}

function decode(payload: Buffer): DescribedQuorum {
  const wire = new WireReader(payload)
  const replicas = () =>
    wire.compactArray(() => {
      const replica = { id: wire.int32(), endOffset: wire.int64() }
      wire.int64() // last fetch
      wire.int64() // last caught up
      wire.skipTags()
      return replica
    })
  wire.skipTags()
  const code = wire.int16()
  const [quorum] = wire
    .compactArray(() => {
      wire.compactString()
      const partitions = wire.compactArray(() => {
        wire.int32()
        const own = wire.int16()
        const leader = wire.int32()
        wire.int32() // epoch of the leader
        const highWatermark = wire.int64()
        const voters = replicas()
        replicas() // observers: the brokers
        wire.skipTags()
        return { code: own, leader, highWatermark, voters }
      })
      wire.skipTags()
      return partitions
    })
    .flat()
  return code !== 0 || !quorum ? { code, leader: -1, highWatermark: -1, voters: [] } : quorum
}
