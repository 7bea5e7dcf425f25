import type { CustomCall, MetadataAnswer } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const METADATA_KEY = 3
/** Has replicas that are offline, and throttles by KIP-219; since Kafka 2.0. */
const METADATA_VERSION = 6

/** Metadata of the brokers and of these topics; `null` is all topics, an empty list none. Creates nothing. */
export function metadataCall(topics: readonly string[] | null): CustomCall<MetadataAnswer> {
  const body = new WireWriter()
  if (topics === null) body.int32(-1)
  else body.array(topics, (topic) => body.string(topic))
  const allowAutoTopicCreation = 0
  body.int8(allowAutoTopicCreation)
  return { apiKey: METADATA_KEY, apiVersion: METADATA_VERSION, name: 'Metadata', body: body.done(), decode }
}

function decode(payload: Buffer): MetadataAnswer {
  const wire = new WireReader(payload)
  const ids = () => wire.array(() => wire.int32())
  return {
    clientSideThrottleTime: wire.int32(),
    brokers: wire.array(() => ({ nodeId: wire.int32(), host: wire.string() ?? '', port: wire.int32(), rack: wire.string() })),
    clusterId: wire.string(),
    controllerId: wire.int32(),
    topicMetadata: wire.array(() => ({
      topicErrorCode: wire.int16(),
      topic: wire.string() ?? '',
      isInternal: wire.int8() !== 0,
      partitionMetadata: wire.array(() => ({
        partitionErrorCode: wire.int16(),
        partitionId: wire.int32(),
        leader: wire.int32(),
        replicas: ids(),
        isr: ids(),
        offlineReplicas: ids(),
      })),
    })),
  }
}
