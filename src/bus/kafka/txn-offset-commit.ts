import type { OffsetCommit } from '../bus.ts'
import type { ProducerId } from './identity.ts'
import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const TXN_OFFSET_COMMIT_KEY = 28
/** kafkajs stops at v1. From v3 on the group checks member and generation (KIP-447): a member that lost its partitions cannot commit. */
const TXN_OFFSET_COMMIT_VERSION = 3

export interface TxnOffsetCommitArguments extends ProducerId {
  transactionalId: string
  group: string
  /** Without a member: generation -1 and an empty id. */
  generation: number
  memberId: string
  commits: readonly OffsetCommit[]
}

/** Of each partition the error code, and the topic that it is about. */
export interface TxnOffsetCommitted {
  answers: Array<{ topic: string; code: number }>
}

export function txnOffsetCommitCall(args: TxnOffsetCommitArguments): CustomCall<TxnOffsetCommitted> {
  const { transactionalId, group, producerId, epoch, generation, memberId, commits } = args
  const body = new WireWriter().noTags() // the end of a flexible request header, which kafkajs does not write
  body.compactString(transactionalId).compactString(group).int64(producerId).int16(epoch)
  const noInstance = null
  body.int32(generation).compactString(memberId).compactString(noInstance)
  body.compactArray(commits, ({ topic, partition, offset, metadata = '' }) => {
    body.compactString(topic)
    body.compactArray([partition], () => {
      const anyEpoch = -1
      body.int32(partition).int64(offset).int32(anyEpoch).compactString(metadata).noTags()
    })
    body.noTags()
  })
  const call = { apiKey: TXN_OFFSET_COMMIT_KEY, apiVersion: TXN_OFFSET_COMMIT_VERSION, name: 'TxnOffsetCommit' }
  return { ...call, body: body.noTags().done(), decode }
}

function decode(payload: Buffer): TxnOffsetCommitted {
  const wire = new WireReader(payload)
  wire.skipTags() // the end of a flexible response header
  wire.int32() // throttle time
  const answers = wire.compactArray(() => {
    const topic = wire.compactString() ?? ''
    const partitions = wire.compactArray(() => {
      wire.int32()
      const code = wire.int16()
      wire.skipTags()
      return { topic, code }
    })
    wire.skipTags()
    return partitions
  })
  return { answers: answers.flat() }
}
