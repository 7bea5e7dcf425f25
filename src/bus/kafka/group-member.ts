import assignerProtocol from 'kafkajs/src/consumer/assignerProtocol.js'
import type { OffsetCommit, TopicPartition } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { CODE, isFencedMember, isRetriable } from './codes.ts'
import { committedOffsets } from './committed-offsets.ts'
import type { BrokerConnection } from './connection.ts'
import { BrokerRefusal, checkCode } from './failures.ts'
import type { JoinAnswer } from './protocol.ts'
import { assignRanges } from './range-assignor.ts'

const { MemberMetadata, MemberAssignment } = assignerProtocol
/** The consumer protocol's name for {@link assignRanges}. */
const PROTOCOL = 'range'
const GROUP = 0
/** Beyond the rebalance timeout the coordinator answers for sure. */
const JOIN_GRACE_MS = 5_000
const LEAVE_MS = 1_500
const GROWTH_CHECK_MS = 30_000

export interface Generation {
  generation: number
  memberId: string
  partitions: readonly TopicPartition[]
  /** Partition counts that the shares were dealt by; null where another member dealt them. */
  dealt: ReadonlyMap<string, number> | null
}

export interface MemberOptions {
  group: string
  topics: readonly string[]
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
}

/** One member of a consumer group by Kafka's classic protocol: join, sync, heartbeat, commit, leave. Owns the cluster handle it is given. */
export class GroupMember {
  readonly #cluster: Cluster
  readonly #options: MemberOptions
  #memberId = ''
  #leaving: Promise<void> | null = null

  constructor(cluster: Cluster, options: MemberOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  /** Joins, or joins again, and waits for its share of the partitions; null when the signal aborts first. */
  async join(signal: AbortSignal): Promise<Generation | null> {
    while (!signal.aborted) {
      try {
        const joined = await this.#cluster.patiently(() => this.#askToJoin(), { signal })
        // A coordinator that dies now is waited for too: the next one gives us our share, or has us join again.
        return await this.#cluster.patiently(() => this.#takeShare(joined), { signal })
      } catch (error) {
        if (signal.aborted) return null
        if (!(error instanceof BrokerRefusal && isFencedMember(error.code))) throw error
        // Others came or went meanwhile; a member that the coordinator does not know is to begin as a new one.
        if (error.code !== CODE.REBALANCE_IN_PROGRESS) this.#memberId = ''
      }
    }
    return null
  }

  /** Tried again for `deadlineMs`, so that a coordinator that moves costs no session. */
  async heartbeat({ generation, memberId }: Generation, deadlineMs: number): Promise<'ok' | 'rebalance' | 'fenced'> {
    const beat = async () => this.#beat(await this.#coordinator(), { generation, memberId })
    const errorCode = await this.#cluster.patiently(beat, { deadlineMs })
    if (errorCode === CODE.REBALANCE_IN_PROGRESS) return 'rebalance'
    if (isFencedMember(errorCode)) return 'fenced'
    checkCode(errorCode, this.#what)
    return 'ok'
  }

  /**
   * What the group has committed of this share, as told by a coordinator that knows of this generation. One that is cut off from the other brokers
   * goes on telling of the offsets of before, and who began there would repeat all that came after; but generations begin without it.
   * @throws BrokerRefusal with a code for which {@link isFencedMember} holds
   */
  committed({ generation, memberId, partitions }: Generation, signal: AbortSignal): Promise<Required<OffsetCommit>[]> {
    const topics = [...new Set(partitions.map(({ topic }) => topic))]
    const check = async (coordinator: BrokerConnection) => {
      const errorCode = await this.#beat(coordinator, { generation, memberId })
      if (errorCode !== CODE.REBALANCE_IN_PROGRESS) checkCode(errorCode, this.#what)
    }
    return committedOffsets(this.#cluster, this.#options.group, topics, { signal, check })
  }

  /** Resolves with the code of the answer, unless it passes. */
  async #beat(coordinator: BrokerConnection, { generation, memberId }: Pick<Generation, 'generation' | 'memberId'>): Promise<number> {
    const args = { groupId: this.#options.group, groupGenerationId: generation, memberId, groupInstanceId: null }
    const { errorCode } = await coordinator.call('Heartbeat', args)
    if (isRetriable(errorCode)) checkCode(errorCode, `heartbeat of ${this.#what}`)
    return errorCode
  }

  /** True where a topic has more partitions than this member, as the group's leader, has dealt. Looks every {@link GROWTH_CHECK_MS}. */
  async hasGrown({ dealt }: Generation): Promise<boolean> {
    for (const [topic, count] of dealt ?? []) {
      if ((await this.#cluster.topic(topic, GROWTH_CHECK_MS)).partitions.length > count) return true
    }
    return false
  }

  /** @throws BrokerRefusal with a code for which {@link isFencedMember} holds, once the group has gone on without us */
  async commit({ generation, memberId }: Generation, commit: OffsetCommit): Promise<void> {
    const { topic, partition, offset, metadata = '' } = commit
    const topics = [{ topic, partitions: [{ partition, offset: String(offset), metadata }] }]
    await this.#cluster.patiently(
      async () => {
        const coordinator = await this.#coordinator()
        const args = { groupId: this.#options.group, groupGenerationId: generation, memberId, topics }
        const { responses } = await coordinator.call('OffsetCommit', args)
        for (const { errorCode } of responses.flatMap((response) => response.partitions))
          checkCode(errorCode, `committing for ${this.#what}`)
      },
      { deadlineMs: this.#options.sessionTimeoutMs },
    )
  }

  /** Gives the partitions back at once, instead of after the session timeout. Best effort, and ends this member. */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  async #leave(): Promise<void> {
    const farewell = this.#cluster.fork()
    // A join that waits for others keeps its connection busy: the farewell has one of its own.
    this.#cluster.close()
    try {
      const memberId = this.#memberId
      if (memberId === '') return
      const coordinator = await farewell.coordinator(this.#options.group, GROUP)
      await Promise.race([
        coordinator.call('LeaveGroup', { groupId: this.#options.group, memberId, members: [{ memberId }] }),
        farewell.context.clock.sleep(LEAVE_MS),
      ])
    } catch {
      // The session timeout does it.
    } finally {
      farewell.close()
    }
  }

  get #what(): string {
    return `group "${this.#options.group}"`
  }

  #coordinator(): ReturnType<Cluster['coordinator']> {
    return this.#cluster.coordinator(this.#options.group, GROUP)
  }

  async #askToJoin(): Promise<JoinAnswer> {
    const { group, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options
    const coordinator = await this.#coordinator()
    const metadata = MemberMetadata.encode({ version: 0, topics: [...topics] })
    const args = {
      ...{ groupId: group, sessionTimeout: sessionTimeoutMs, rebalanceTimeout: rebalanceTimeoutMs, memberId: this.#memberId },
      ...{ protocolType: 'consumer', groupProtocols: [{ name: PROTOCOL, metadata }] },
    }
    const answer = await coordinator.call('JoinGroup', args, { timeoutMs: rebalanceTimeoutMs + JOIN_GRACE_MS })
    if (answer.errorCode === CODE.MEMBER_ID_REQUIRED) {
      this.#memberId = answer.memberId
      return this.#askToJoin()
    }
    checkCode(answer.errorCode, `joining ${this.#what}`)
    this.#memberId = answer.memberId
    return answer
  }

  async #takeShare(joined: JoinAnswer): Promise<Generation> {
    const dealt = joined.leaderId === joined.memberId ? await this.#countPartitions(joined) : null
    const partitions = await this.#sync(joined, dealt)
    return { generation: joined.generationId, memberId: joined.memberId, partitions, dealt }
  }

  async #countPartitions({ members }: JoinAnswer): Promise<Map<string, number>> {
    const wanted = new Set(members.flatMap(({ memberMetadata }) => topicsOf(memberMetadata)))
    const counts = new Map<string, number>()
    for (const topic of wanted) {
      const info = await this.#cluster.topic(topic).catch((error: unknown) => {
        // Another member's slip is that member's to report.
        if (this.#options.topics.includes(topic)) throw error
      })
      if (info) counts.set(topic, info.partitions.length)
    }
    return counts
  }

  async #sync({ generationId, memberId, members }: JoinAnswer, counts: ReadonlyMap<string, number> | null): Promise<TopicPartition[]> {
    const subscribers = members.map((member) => ({
      memberId: member.memberId,
      topics: topicsOf(member.memberMetadata),
    }))
    const shares = counts ? assignRanges(subscribers, counts) : new Map<string, TopicPartition[]>()
    const groupAssignment = [...shares].map(([id, partitions]) => ({ memberId: id, memberAssignment: encodeShare(partitions) }))
    const coordinator = await this.#coordinator()
    const args = { groupId: this.#options.group, generationId, memberId, groupAssignment }
    const { errorCode, memberAssignment } = await coordinator.call('SyncGroup', args, { timeoutMs: this.#options.rebalanceTimeoutMs })
    checkCode(errorCode, `joining ${this.#what}`)
    return decodeShare(memberAssignment)
  }
}

/** The topics that a member wants; none where its bytes cannot be read: it gets no share, and the group goes on without it. */
export function topicsOf(metadata: Buffer): string[] {
  try {
    return MemberMetadata.decode(metadata).topics.filter((topic) => typeof topic === 'string')
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

function encodeShare(partitions: readonly TopicPartition[]): Buffer {
  const assignment: Record<string, number[]> = {}
  for (const { topic, partition } of partitions) assignment[topic] = [...(assignment[topic] ?? []), partition]
  return MemberAssignment.encode({ version: 0, assignment })
}

/** The partitions in a member's share; none where it has none, or where the bytes are another protocol's. */
export function decodeShare(bytes: Buffer): TopicPartition[] {
  let share: ReturnType<typeof MemberAssignment.decode> = null
  try {
    if (bytes.length > 0) share = MemberAssignment.decode(bytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return Object.entries(share?.assignment ?? {}).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })))
}
