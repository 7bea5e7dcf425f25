import type { GroupDescription, TopicPartition } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { checkCode } from './failures.ts'
import { decodeShare } from './group-member.ts'
import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const GROUP = 0
/** ConsumerGroupDescribe (KIP-848) and ShareGroupDescribe (KIP-932): groups whose members DescribeGroups calls Dead. */
const DESCRIBE = { consumer: { apiKey: 69, apiVersion: 0 }, share: { apiKey: 77, apiVersion: 1 } } as const

export type GroupMembers = Pick<GroupDescription, 'state' | 'memberList'>

/** State and members of a group of any type. */
export async function groupMembers(cluster: Cluster, group: string, type: string): Promise<GroupMembers> {
  return cluster.patiently(async () => {
    const coordinator = await cluster.coordinator(group, GROUP)
    if (type === 'consumer' || type === 'share') {
      const { errorCode, ...members } = await coordinator.send(describeCall(group, type))
      checkCode(errorCode, `group "${group}"`)
      return members
    }
    const [described] = (await coordinator.call('DescribeGroups', { groupIds: [group] })).groups
    checkCode(described?.errorCode ?? 0, `group "${group}"`)
    const memberList = (described?.members ?? []).map(({ memberId, clientId, clientHost, memberAssignment }) => {
      const partitions = described?.protocolType === 'consumer' ? decodeShare(memberAssignment) : []
      return { id: memberId, clientId, host: plainHost(clientHost), partitions }
    })
    return { state: described?.state ?? 'Dead', memberList }
  })
}

/** Java prints an address with a slash before it. */
function plainHost(host: string): string {
  return host.replace(/^\//, '')
}

function describeCall(group: string, type: keyof typeof DESCRIBE): CustomCall<GroupMembers & { errorCode: number }> {
  const withOperations = 0
  const body = new WireWriter().noTags()
  body.compactArray([group], (id) => body.compactString(id)).int8(withOperations)
  const name = type === 'share' ? 'ShareGroupDescribe' : 'ConsumerGroupDescribe'
  return { ...DESCRIBE[type], name, body: body.noTags().done(), decode: (payload) => decode(payload, type) }
}

function decode(payload: Buffer, type: keyof typeof DESCRIBE): GroupMembers & { errorCode: number } {
  const wire = new WireReader(payload)
  wire.skipTags()
  wire.int32() // throttle time
  const [group] = wire.compactArray(() => {
    const errorCode = wire.int16()
    wire.compactString() // error message
    wire.compactString() // group id
    const state = wire.compactString() ?? ''
    wire.int32() // group epoch
    wire.int32() // assignment epoch
    wire.compactString() // assignor
    const memberList = wire.compactArray(() => decodeMember(wire, type))
    wire.int32() // authorized operations
    wire.skipTags()
    return { errorCode, state, memberList }
  })
  return group ?? { errorCode: 0, state: 'Dead', memberList: [] }
}

function decodeMember(wire: WireReader, type: keyof typeof DESCRIBE): GroupDescription['memberList'][number] {
  const id = wire.compactString() ?? ''
  if (type === 'consumer') wire.compactString() // instance id
  wire.compactString() // rack
  wire.int32() // member epoch
  const clientId = wire.compactString() ?? ''
  const host = plainHost(wire.compactString() ?? '')
  wire.compactArray(() => wire.compactString()) // subscribed topics
  if (type === 'consumer') wire.compactString() // subscribed pattern
  const partitions = decodeAssignment(wire)
  if (type === 'consumer') decodeAssignment(wire) // where it is going
  wire.skipTags()
  return { id, clientId, host, partitions }
}

function decodeAssignment(wire: WireReader): TopicPartition[] {
  const perTopic = wire.compactArray(() => {
    wire.bytes(16) // topic id
    const topic = wire.compactString() ?? ''
    const partitions = wire.compactArray(() => ({ topic, partition: wire.int32() }))
    wire.skipTags()
    return partitions
  })
  wire.skipTags()
  return perTopic.flat()
}
