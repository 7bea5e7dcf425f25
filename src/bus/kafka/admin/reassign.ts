import type { Move } from '../../admin.ts'
import type { TopicPartition } from '../../bus.ts'
import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'
import { byTopic } from './by-topic.ts'

const ALTER_KEY = 45
const LIST_KEY = 46
const VERSION = 0

export interface PartitionAnswer extends TopicPartition {
  code: number
  message: string | null
}

/** Code and message of the request as a whole, and of each partition. */
export interface PartitionAnswers {
  code: number
  message: string | null
  partitions: PartitionAnswer[]
}

/** AlterPartitionReassignments (KIP-455): begins moves; `replicas: null` takes one back. */
export function reassignCall(
  moves: ReadonlyArray<TopicPartition & { replicas: Move['replicas'] | null }>,
  timeoutMs: number,
): CustomCall<PartitionAnswers> {
  const body = new WireWriter().noTags() // the end of a flexible request header, which kafkajs does not write
  body.int32(timeoutMs)
  body.compactArray(byTopic(moves), ([topic, partitions]) => {
    body.compactString(topic)
    body.compactArray(partitions, ({ partition, replicas }) => {
      body.int32(partition)
      if (replicas === null) body.uvarint(0)
      else body.compactArray(replicas, (id) => body.int32(id))
      body.noTags()
    })
    body.noTags()
  })
  return { apiKey: ALTER_KEY, apiVersion: VERSION, name: 'AlterPartitionReassignments', body: body.noTags().done(), decode: decodeAltered }
}

function decodeAltered(payload: Buffer): PartitionAnswers {
  const wire = new WireReader(payload)
  wire.skipTags()
  wire.int32() // throttle time
  const code = wire.int16()
  const message = wire.compactString()
  const partitions = wire.compactArray(() => {
    const topic = wire.compactString() ?? ''
    const answers = wire.compactArray(() => {
      const answer = { topic, partition: wire.int32(), code: wire.int16(), message: wire.compactString() }
      wire.skipTags()
      return answer
    })
    wire.skipTags()
    return answers
  })
  return { code, message, partitions: partitions.flat() }
}

export interface Moving extends TopicPartition {
  replicas: number[]
  adding: number[]
  removing: number[]
}

/** ListPartitionReassignments: every move that runs. */
export function movingCall(timeoutMs: number): CustomCall<{ code: number; message: string | null; moving: Moving[] }> {
  const allTopics = 0
  const body = new WireWriter().noTags().int32(timeoutMs).uvarint(allTopics).noTags()
  return { apiKey: LIST_KEY, apiVersion: VERSION, name: 'ListPartitionReassignments', body: body.done(), decode: decodeMoving }
}

function decodeMoving(payload: Buffer): { code: number; message: string | null; moving: Moving[] } {
  const wire = new WireReader(payload)
  const ids = () => wire.compactArray(() => wire.int32())
  wire.skipTags()
  wire.int32() // throttle time
  const code = wire.int16()
  const message = wire.compactString()
  const moving = wire.compactArray(() => {
    const topic = wire.compactString() ?? ''
    const partitions = wire.compactArray(() => {
      const each = { topic, partition: wire.int32(), replicas: ids(), adding: ids(), removing: ids() }
      wire.skipTags()
      return each
    })
    wire.skipTags()
    return partitions
  })
  return { code, message, moving: moving.flat() }
}
