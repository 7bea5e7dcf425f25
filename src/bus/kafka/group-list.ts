import type { Cluster } from './cluster.ts'
import { checkCode } from './failures.ts'
import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const LIST_GROUPS_KEY = 16
/** v4 tells states (KIP-518), v5 types (KIP-848: classic, consumer, share); kafkajs stops at v2. */
const NEWEST = 5
const OLDEST = 4

export interface ListedGroup {
  group: string
  /** As the broker calls it: Stable, Empty, PreparingRebalance, … */
  state: string
  /** `classic` before Kafka 3.7, which does not tell. */
  type: string
}

/** Every group of every broker; each is with the one that coordinates it. */
export async function listedGroups(cluster: Cluster): Promise<ListedGroup[]> {
  return cluster.patiently(async () => {
    await cluster.refresh([])
    const perBroker = await Promise.all(
      [...cluster.map.brokers.keys()].map(async (id) => {
        const broker = await cluster.broker(id)
        const { errorCode, groups } = await broker.send(listGroupsCall(Math.min(NEWEST, broker.newest(LIST_GROUPS_KEY))))
        checkCode(errorCode, 'listing groups')
        return groups
      }),
    )
    return perBroker.flat().sort((a, b) => (a.group < b.group ? -1 : 1))
  })
}

export function listGroupsCall(version: number): CustomCall<{ errorCode: number; groups: ListedGroup[] }> {
  const apiVersion = Math.max(OLDEST, version)
  const all: string[] = []
  const body = new WireWriter().noTags().compactArray(all, () => {})
  if (apiVersion >= NEWEST) body.compactArray(all, () => {})
  return {
    apiKey: LIST_GROUPS_KEY,
    apiVersion,
    name: 'ListGroups',
    body: body.noTags().done(),
    decode: (payload) => decode(payload, apiVersion),
  }
}

function decode(payload: Buffer, version: number): { errorCode: number; groups: ListedGroup[] } {
  const wire = new WireReader(payload)
  wire.skipTags()
  wire.int32() // throttle time
  const errorCode = wire.int16()
  const groups = wire.compactArray(() => {
    const group = wire.compactString() ?? ''
    wire.compactString() // protocol type
    const state = wire.compactString() ?? ''
    const type = version >= NEWEST ? (wire.compactString() ?? '') : 'classic'
    wire.skipTags()
    return { group, state, type: type.toLowerCase() }
  })
  return { errorCode, groups }
}
