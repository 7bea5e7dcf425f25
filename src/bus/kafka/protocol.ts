/** The requests that kafkajs encodes and decodes for us, as typed calls: `[arguments, answer]`. 64-bit numbers are text in its answers. */
export interface Calls {
  CreateTopics: [{ topics: NewTopic[]; validateOnly: boolean; timeout: number }, TopicErrors]
  DeleteTopics: [{ topics: readonly string[]; timeout: number }, TopicErrors]
  DescribeConfigs: [{ resources: Array<{ type: number; name: string }>; includeSynonyms: boolean }, ConfigsAnswer]
  GroupCoordinator: [{ groupId: string; coordinatorType: number }, CoordinatorAnswer]
  JoinGroup: [JoinArguments, JoinAnswer]
  SyncGroup: [SyncArguments, { errorCode: number; memberAssignment: Buffer }]
  Heartbeat: [{ groupId: string; groupGenerationId: number; memberId: string; groupInstanceId: null }, { errorCode: number }]
  LeaveGroup: [{ groupId: string; memberId: string; members: Array<{ memberId: string }> }, { errorCode: number }]
  DescribeGroups: [{ groupIds: readonly string[] }, { groups: DescribedGroup[] }]
  DeleteGroups: [readonly string[], { results: Array<{ groupId: string; errorCode: number }> }]
  OffsetCommit: [OffsetCommitArguments, { responses: Array<{ topic: string; partitions: PartitionError[] }> }]
  AddPartitionsToTxn: [
    WriterArguments & { topics: Array<{ topic: string; partitions: readonly number[] }> },
    { errors: Array<{ topic: string; partitionErrors: PartitionError[] }> },
  ]
  AddOffsetsToTxn: [WriterArguments & { groupId: string }, { errorCode: number }]
  EndTxn: [WriterArguments & { transactionResult: boolean }, { errorCode: number }]
}

export type ApiName = keyof Calls

interface PartitionError {
  partition: number
  errorCode: number
}

interface WriterArguments {
  transactionalId: string
  producerId: string
  producerEpoch: number
}

export interface MetadataAnswer {
  clientSideThrottleTime: number
  brokers: Array<{ nodeId: number; host: string; port: number; rack: string | null }>
  clusterId: string | null
  controllerId: number
  topicMetadata: Array<{
    topicErrorCode: number
    topic: string
    isInternal: boolean
    partitionMetadata: Array<{
      partitionErrorCode: number
      partitionId: number
      /** -1 while there is none. */
      leader: number
      replicas: number[]
      isr: number[]
      offlineReplicas: number[]
    }>
  }>
}

interface NewTopic {
  topic: string
  numPartitions: number
  replicationFactor: number
  replicaAssignment: Array<{ partition: number; replicas: readonly number[] }>
  configEntries: Array<{ name: string; value: string }>
}

interface TopicErrors {
  topicErrors: Array<{ topic: string; errorCode: number; errorMessage?: string | null }>
}

interface ConfigsAnswer {
  resources: Array<{
    errorCode: number
    errorMessage: string | null
    resourceName: string
    configEntries: Array<{ configName: string; configValue: string | null; configSource: number }>
  }>
}

interface CoordinatorAnswer {
  errorCode: number
  errorMessage: string | null
  coordinator: { nodeId: number; host: string; port: number }
}

interface JoinArguments {
  groupId: string
  sessionTimeout: number
  rebalanceTimeout: number
  memberId: string
  protocolType: string
  groupProtocols: Array<{ name: string; metadata: Buffer }>
}

export interface JoinAnswer {
  errorCode: number
  generationId: number
  groupProtocol: string
  leaderId: string
  memberId: string
  members: Array<{ memberId: string; memberMetadata: Buffer }>
}

interface SyncArguments {
  groupId: string
  generationId: number
  memberId: string
  groupAssignment: Array<{ memberId: string; memberAssignment: Buffer }>
}

export interface DescribedGroup {
  errorCode: number
  groupId: string
  state: string
  protocolType: string
  members: Array<{ memberId: string; clientId: string; clientHost: string; memberAssignment: Buffer }>
}

interface OffsetCommitArguments {
  groupId: string
  groupGenerationId: number
  memberId: string
  topics: Array<{ topic: string; partitions: Array<{ partition: number; offset: string; metadata: string }> }>
}

/** A request of our own: what kafkajs has no codec for, or decodes more than we need. */
export interface CustomCall<Answer> {
  apiKey: number
  apiVersion: number
  name: string
  body: Buffer
  /** The rest of the body, where it is large: sent as it is, without a copy. */
  tail?: Buffer
  /** Absent: the broker sends no answer. */
  decode?(payload: Buffer): Answer | Promise<Answer>
}
