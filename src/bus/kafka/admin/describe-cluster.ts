import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'

const DESCRIBE_CLUSTER_KEY = 60
/** The first version that also names brokers that are fenced (KIP-1073, Kafka 4.0). */
const WITH_FENCED = 2
const BROKERS = 1

export interface DescribedCluster {
  code: number
  message: string | null
  clusterId: string
  controllerId: number
  brokers: Array<{ id: number; host: string; port: number; rack: string | null; fenced: boolean }>
}

/** @param newest version that the broker speaks */
export function describeClusterCall(newest: number): CustomCall<DescribedCluster> {
  const version = Math.min(newest, WITH_FENCED)
  const withOperations = 0
  const includeFenced = 1
  const body = new WireWriter().noTags().int8(withOperations)
  if (version >= 1) body.int8(BROKERS)
  if (version >= WITH_FENCED) body.int8(includeFenced)
  return {
    apiKey: DESCRIBE_CLUSTER_KEY,
    apiVersion: version,
    name: 'DescribeCluster',
    body: body.noTags().done(),
    decode: (payload) => decode(payload, version),
  }
}

function decode(payload: Buffer, version: number): DescribedCluster {
  const wire = new WireReader(payload)
  wire.skipTags()
  wire.int32() // throttle time
  const code = wire.int16()
  const message = wire.compactString()
  if (version >= 1) wire.int8() // brokers or controllers
  const clusterId = wire.compactString() ?? ''
  const controllerId = wire.int32()
  const brokers = wire.compactArray(() => {
    const broker = { id: wire.int32(), host: wire.compactString() ?? '', port: wire.int32(), rack: wire.compactString() }
    const fenced = version >= WITH_FENCED && wire.int8() !== 0
    wire.skipTags()
    return { ...broker, fenced }
  })
  return { code, message, clusterId, controllerId, brokers }
}
