import { readFileSync } from 'node:fs'
import { createPartitionsCall } from '../../../src/bus/kafka/admin/create-partitions.ts'
import { describeClusterCall } from '../../../src/bus/kafka/admin/describe-cluster.ts'
import { describeQuorumCall } from '../../../src/bus/kafka/admin/describe-quorum.ts'
import { disksCall } from '../../../src/bus/kafka/admin/disks.ts'
import { electLeadersCall } from '../../../src/bus/kafka/admin/elect-leaders.ts'
import { featuresCall } from '../../../src/bus/kafka/admin/features.ts'
import { movingCall, reassignCall } from '../../../src/bus/kafka/admin/reassign.ts'
import { alterConfigsCall } from '../../../src/bus/kafka/alter-configs-call.ts'
import { offsetFetchCall } from '../../../src/bus/kafka/committed-offsets.ts'
import { fetchCall } from '../../../src/bus/kafka/fetch-call.ts'
import { listGroupsCall } from '../../../src/bus/kafka/group-list.ts'
import { initProducerCall } from '../../../src/bus/kafka/init-producer-call.ts'
import { listOffsetsCall } from '../../../src/bus/kafka/list-offsets-call.ts'
import { logDirsCall } from '../../../src/bus/kafka/log-dirs.ts'
import { metadataCall } from '../../../src/bus/kafka/metadata-call.ts'
import { produceCall } from '../../../src/bus/kafka/produce-call.ts'
import type { ApiName, Calls, CustomCall } from '../../../src/bus/kafka/protocol.ts'
import { txnOffsetCommitCall } from '../../../src/bus/kafka/txn-offset-commit.ts'
import { apiVersionsCall } from '../../../src/bus/kafka/wire/api-versions.ts'
import { kafkajsCall } from '../../../src/bus/kafka/wire/kafkajs-codec.ts'
import type { Exchange as Passed } from '../../support/kafka/recorder.ts'

type Exchange = Omit<Passed, 'asked' | 'answered'>

/** What was recorded of a broker (record.ts): its answers to the tour. */
export function recorded(version: '4.3' | '3.9'): Exchange[] {
  const text = readFileSync(new URL(`recorded/kafka-${version}.json`, import.meta.url), 'utf8')
  return (JSON.parse(text) as Array<Omit<Exchange, 'request' | 'answer'> & { request: string; answer: string }>).map((exchange) => ({
    ...exchange,
    request: Buffer.from(exchange.request, 'hex'),
    answer: Buffer.from(exchange.answer, 'hex'),
  }))
}

const batch = Buffer.alloc(0)
const [topic, group, transactionalId] = ['t', 'g', 'w']

/** By `key vVERSION`: our own calls, with arguments that matter to nobody. */
const OWN: Readonly<Record<string, CustomCall<unknown>>> = Object.fromEntries(
  [
    produceCall({ topic, partition: 0, batch, acks: -1, timeoutMs: 1, transactionalId: null }),
    fetchCall({ partitions: [], readCommitted: true, maxWaitMs: 1, maxBytes: 1, maxPartitionBytes: 1, rack: '' }),
    ...[listOffsetsCall([], true), metadataCall(null), offsetFetchCall(group, null), listGroupsCall(4), listGroupsCall(5)],
    ...[apiVersionsCall(0), apiVersionsCall(3), initProducerCall(null, 1), logDirsCall(topic, []), disksCall(4)],
    txnOffsetCommitCall({ transactionalId, group, producerId: 1n, epoch: 0, generation: -1, memberId: '', commits: [] }),
    createPartitionsCall({ topic, total: 1, replicas: null }, 1),
    ...[electLeadersCall([], 1), alterConfigsCall({ type: 2, name: topic }, {}), reassignCall([], 1), movingCall(1)],
    ...[describeQuorumCall(), describeClusterCall(0), describeClusterCall(1), describeClusterCall(2)],
  ].map((call) => [`${call.apiKey} v${call.apiVersion}`, call as CustomCall<unknown>]),
)

const KAFKAJS: Readonly<Record<number, { [Api in ApiName]: readonly [Api, Calls[Api][0]] }[ApiName]>> = {
  8: ['OffsetCommit', { groupId: group, groupGenerationId: 1, memberId: '', topics: [] }],
  10: ['GroupCoordinator', { groupId: group, coordinatorType: 0 }],
  11: ['JoinGroup', { groupId: group, sessionTimeout: 1, rebalanceTimeout: 1, memberId: '', protocolType: 'consumer', groupProtocols: [] }],
  12: ['Heartbeat', { groupId: group, groupGenerationId: 1, memberId: '', groupInstanceId: null }],
  13: ['LeaveGroup', { groupId: group, memberId: '', members: [] }],
  14: ['SyncGroup', { groupId: group, generationId: 1, memberId: '', groupAssignment: [] }],
  15: ['DescribeGroups', { groupIds: [] }],
  19: ['CreateTopics', { topics: [], validateOnly: false, timeout: 1 }],
  20: ['DeleteTopics', { topics: [], timeout: 1 }],
  24: ['AddPartitionsToTxn', { transactionalId, producerId: '1', producerEpoch: 0, topics: [] }],
  25: ['AddOffsetsToTxn', { transactionalId, producerId: '1', producerEpoch: 0, groupId: group }],
  26: ['EndTxn', { transactionalId, producerId: '1', producerEpoch: 0, transactionResult: true }],
  32: ['DescribeConfigs', { resources: [], includeSynonyms: false }],
  42: ['DeleteGroups', []],
}

export type Decode = (answer: Buffer) => unknown

/** The decoder of an answer, ours or kafkajs's. @throws where there is none */
export async function decoderOf({
  apiKey,
  apiVersion,
}: Pick<Exchange, 'apiKey' | 'apiVersion'>): Promise<{ name: string; decode: Decode }> {
  const own = OWN[`${apiKey} v${apiVersion}`]
  const foreign = KAFKAJS[apiKey]
  const versions = new Map([[apiKey, { min: 0, max: apiVersion }]])
  const call = own ?? (foreign && (await kafkajsCall(foreign[0], foreign[1] as never, versions)))
  if (!call?.decode) throw new Error(`no decoder for ${apiKey} v${apiVersion}`)
  return { name: `${call.name} v${apiVersion}`, decode: call.decode as Decode }
}

/** ApiVersions once more, read for the features of the cluster. */
export const FEATURES: Decode = featuresCall().decode as Decode
