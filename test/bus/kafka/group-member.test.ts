import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import { Cluster } from '../../../src/bus/kafka/cluster.ts'
import { CODE } from '../../../src/bus/kafka/codes.ts'
import { committedOffsets } from '../../../src/bus/kafka/committed-offsets.ts'
import type { BrokerConnection } from '../../../src/bus/kafka/connection.ts'
import { BrokerLost, unavailable } from '../../../src/bus/kafka/failures.ts'
import { GroupMember } from '../../../src/bus/kafka/group-member.ts'
import type { TopicInfo } from '../../../src/bus/kafka/metadata.ts'
import { parseKafkaUrl } from '../../../src/bus/kafka/settings.ts'

interface JoinArguments {
  groupProtocols: Array<{ metadata: Buffer }>
}
interface SyncArguments {
  groupAssignment: Array<{ memberAssignment: Buffer }>
}

const lost = new BrokerLost('h:1', 'gone')

/** A cluster with one topic of two partitions, whose coordinator has this member alone; calls fail as `failures` say, in turn. */
class FakeCluster extends Cluster {
  readonly failures: Record<'topic' | 'SyncGroup' | 'Heartbeat', Array<Error | number>> = { topic: [], SyncGroup: [], Heartbeat: [] }
  readonly calls: string[] = []
  #metadata: Buffer = Buffer.alloc(0)

  override async topic(name: string): Promise<TopicInfo> {
    const failure = this.failures.topic.shift()
    if (failure instanceof Error) throw failure
    const partitions = [0, 1].map((partition) => ({ partition, leader: 1, replicas: [1], inSync: [1] }))
    return { name, internal: false, partitions } as unknown as TopicInfo
  }

  override async coordinator(): Promise<BrokerConnection> {
    const call = async (name: string, args: JoinArguments & SyncArguments) => this.#answer(name, args)
    const offsets = [{ topic: 't', partition: 1, offset: 7, metadata: '', errorCode: 0 }]
    const send = async () => {
      this.calls.push('OffsetFetch')
      return { errorCode: 0, offsets }
    }
    return { call, send } as unknown as BrokerConnection
  }

  #answer(name: string, { groupProtocols, groupAssignment }: JoinArguments & SyncArguments): object {
    this.calls.push(name)
    if (name === 'JoinGroup') {
      this.#metadata = groupProtocols[0]?.metadata ?? this.#metadata
      const members = [{ memberId: 'm', memberMetadata: this.#metadata }]
      return { errorCode: 0, generationId: 3, memberId: 'm', leaderId: 'm', members }
    }
    const failure = this.failures[name as 'SyncGroup' | 'Heartbeat'].shift()
    if (failure instanceof Error) throw failure
    return { errorCode: failure ?? 0, memberAssignment: groupAssignment?.[0]?.memberAssignment ?? Buffer.alloc(0) }
  }
}

function setUp(): { cluster: FakeCluster; member: GroupMember; join: () => ReturnType<GroupMember['join']> } {
  let now = 0
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
  }
  const cluster = new FakeCluster({ settings: parseKafkaUrl('kafka://h'), clock, logger: silentLogger } as unknown as Cluster['context'])
  const member = new GroupMember(cluster, { group: 'g', topics: ['t'], sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 60_000 })
  return { cluster, member, join: () => member.join(new AbortController().signal) }
}

const both = [
  { topic: 't', partition: 0 },
  { topic: 't', partition: 1 },
]

describe('a member of a group', () => {
  it('gets its share though the coordinator dies, or moves, after the join', async () => {
    for (const failure of [lost, CODE.NOT_COORDINATOR]) {
      const { cluster, join } = setUp()
      cluster.failures.SyncGroup.push(failure)
      expect((await join())?.partitions).to.deep.equal(both)
      expect(cluster.calls).to.deep.equal(['JoinGroup', 'SyncGroup', 'SyncGroup'])
    }
  })

  it('joins again where the next coordinator does not know it', async () => {
    const { cluster, join } = setUp()
    cluster.failures.SyncGroup.push(lost, CODE.UNKNOWN_MEMBER_ID)
    expect((await join())?.partitions).to.deep.equal(both)
    expect(cluster.calls).to.deep.equal(['JoinGroup', 'SyncGroup', 'SyncGroup', 'JoinGroup', 'SyncGroup'])
  })

  it('deals shares out though no broker answers for a moment', async () => {
    const { cluster, join } = setUp()
    cluster.failures.topic.push(unavailable([lost]))
    expect((await join())?.dealt).to.deep.equal(new Map([['t', 2]]))
  })

  it('gives up on what will not pass', async () => {
    const { cluster, join } = setUp()
    cluster.failures.SyncGroup.push(CODE.GROUP_AUTHORIZATION_FAILED)
    const failure = await join().catch((error: unknown) => error)
    expect(failure).to.include({ code: CODE.GROUP_AUTHORIZATION_FAILED })
  })

  it('learns what its group has committed though no broker answers for a moment', async () => {
    const { cluster } = setUp()
    cluster.failures.topic.push(unavailable([lost]))
    expect(await committedOffsets(cluster, 'g', ['t'])).to.deep.equal([{ topic: 't', partition: 1, offset: 7, metadata: '' }])
  })

  describe('begins at what its group has committed', () => {
    const signal = new AbortController().signal
    const share = { generation: 3, memberId: 'm', partitions: both, dealt: null }

    it('once the coordinator has shown that it knows of this generation, also where the next one is being formed', async () => {
      for (const answer of [CODE.NONE, CODE.REBALANCE_IN_PROGRESS]) {
        const { cluster, member } = setUp()
        cluster.failures.Heartbeat.push(lost, CODE.NOT_COORDINATOR, answer)
        expect(await member.committed(share, signal)).to.deep.equal([{ topic: 't', partition: 1, offset: 7, metadata: '' }])
        expect(cluster.calls).to.deep.equal(['Heartbeat', 'Heartbeat', 'Heartbeat', 'OffsetFetch'])
      }
    })

    it('and not where one that is cut off from the others tells of the offsets of before', async () => {
      for (const answer of [CODE.UNKNOWN_MEMBER_ID, CODE.ILLEGAL_GENERATION]) {
        const { cluster, member } = setUp()
        cluster.failures.Heartbeat.push(answer)
        const failure = await member.committed(share, signal).catch((error: unknown) => error)
        expect(failure).to.include({ code: answer })
        expect(cluster.calls).to.deep.equal(['Heartbeat'])
      }
    })
  })
})
