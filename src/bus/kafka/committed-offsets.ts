import type { OffsetCommit } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import type { BrokerConnection } from './connection.ts'
import { checkCode } from './failures.ts'
import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const GROUP = 0
const OFFSET_FETCH_KEY = 9
/**
 * kafkajs stops at v4. From v7 on the broker says "not yet" while a transaction that moves the offsets is open (KIP-447): without
 * that, a member that takes a partition over would repeat what the transaction is about to commit.
 */
const OFFSET_FETCH_VERSION = 7

interface OffsetFetchAnswer {
  errorCode: number
  offsets: Array<Required<OffsetCommit> & { errorCode: number }>
}

export interface CommittedOptions {
  signal?: AbortSignal
  /** Called with the coordinator that is about to be asked; rejects where it is not to be believed. */
  check?(coordinator: BrokerConnection): Promise<void>
}

/** What a group has committed, by topic and partition; all its topics where `topics` is null. Partitions without a commit are left out. */
export async function committedOffsets(
  cluster: Cluster,
  group: string,
  topics: readonly string[] | null,
  { signal, check }: CommittedOptions = {},
): Promise<Required<OffsetCommit>[]> {
  return cluster.patiently(
    async () => {
      const wanted: Array<readonly [string, number[]]> = []
      for (const topic of topics ?? []) wanted.push([topic, (await cluster.topic(topic)).partitions.map(({ partition }) => partition)])
      const call = offsetFetchCall(group, topics === null ? null : wanted)
      const coordinator = await cluster.coordinator(group, GROUP)
      await check?.(coordinator)
      return presentOffsets(group, await coordinator.send(call))
    },
    { signal },
  )
}

/** What an answer has, in order. @throws BrokerRefusal */
export function presentOffsets(group: string, answer: OffsetFetchAnswer): Required<OffsetCommit>[] {
  checkCode(answer.errorCode, `offsets of group "${group}"`)
  for (const { errorCode } of answer.offsets) checkCode(errorCode, `offsets of group "${group}"`)
  return answer.offsets
    .filter(({ offset }) => offset >= 0)
    .map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset, metadata }))
    .sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition))
}

/** @param options.stable "not yet" where a transaction is open; without it, what is committed, whatever is under way */
export function offsetFetchCall(
  group: string,
  topics: ReadonlyArray<readonly [string, number[]]> | null,
  { stable = true } = {},
): CustomCall<OffsetFetchAnswer> {
  const body = new WireWriter().noTags().compactString(group)
  if (topics === null) body.uvarint(0)
  else {
    body.compactArray(topics, ([topic, partitions]) => {
      body
        .compactString(topic)
        .compactArray(partitions, (partition) => body.int32(partition))
        .noTags()
    })
  }
  body.int8(stable ? 1 : 0).noTags()
  return { apiKey: OFFSET_FETCH_KEY, apiVersion: OFFSET_FETCH_VERSION, name: 'OffsetFetch', body: body.done(), decode }
}

function decode(payload: Buffer): OffsetFetchAnswer {
  const wire = new WireReader(payload)
  wire.skipTags()
  wire.int32() // throttle time
  const offsets = wire.compactArray(() => {
    const topic = wire.compactString() ?? ''
    const partitions = wire.compactArray(() => {
      const partition = wire.int32()
      const offset = wire.int64()
      wire.int32() // leader epoch
      const metadata = wire.compactString() ?? ''
      const errorCode = wire.int16()
      wire.skipTags()
      return { topic, partition, offset, metadata, errorCode }
    })
    wire.skipTags()
    return partitions
  })
  return { errorCode: wire.int16(), offsets: offsets.flat() }
}
