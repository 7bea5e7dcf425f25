import { ShitopsError } from '../../base/errors.ts'
import type { Claim, OffsetCommit, TopicPartition } from '../bus.ts'
import { assignPartitions, type Targets } from './assign.ts'
import {
  type GroupState,
  type Holding,
  isDead,
  type Member,
  readGroup,
  readMembers,
  removeMember,
  writeGroup,
  writeMember,
  writeOffset,
} from './group-state.ts'
import { readTopicNames, unknownPartition, unknownTopic } from './topics.ts'
import type { Tx } from './tx.ts'

/**
 * The steps of the group protocol. There is no coordinator: each member runs them inside write transactions, so all see the
 * same state, one after the other.
 *
 * A partition has a target and an owner. A change of members moves targets at once; the owner finishes its batch, commits, lets
 * go, and only then does the target take over. So nothing is read twice when a member joins or leaves in good order. An owner
 * that is dead, or that holds on for {@link GRACE} session time-outs, loses the partition, and its commits are refused.
 */
const GRACE = 5

/** What a member holds after a step. */
export interface View {
  /** Partitions it owns, with the generation of each. */
  owned: Array<TopicPartition & { generation: number; wanted: boolean }>
  /** It was taken for dead: all its claims are void. */
  evicted: boolean
}

/** A heartbeat, which is also how a member joins: the dead go, targets follow, and what is free is taken. */
export function heartbeat(tx: Tx, group: string, member: Member, joined: boolean): View {
  const now = member.heartbeatAt
  const state = readGroup(tx.meta, group) ?? { generation: 0, topics: {} }
  const before = JSON.stringify(state)
  const others = readMembers(tx.meta, group)
  const evicted = joined && !others.some(({ id }) => id === member.id)
  if (evicted) return { owned: [], evicted }
  writeMember(tx.meta, group, member)
  const alive = [member]
  for (const other of others) {
    if (other.id === member.id) continue
    if (isDead(other, now)) dismiss(tx, group, state, other.id)
    else alive.push(other)
  }
  retarget(tx, state, alive, now)
  takeOver(state, member, now)
  if (JSON.stringify(state) !== before) writeGroup(tx.meta, group, state)
  return { owned: ownedBy(state, member.id), evicted }
}

/** Let go of partitions that are meant for another member. */
export function release(tx: Tx, group: string, memberId: string, partitions: readonly TopicPartition[]): void {
  const state = readGroup(tx.meta, group)
  if (!state) return
  for (const { topic, partition } of partitions) {
    const holding = state.topics[topic]?.[partition]
    if (holding?.owner === memberId) holding.owner = null
  }
  writeGroup(tx.meta, group, state)
}

/** Leave in good order: the others take over at once. */
export function leave(tx: Tx, group: string, memberId: string, now: number): void {
  const state = readGroup(tx.meta, group)
  if (!state) return
  dismiss(tx, group, state, memberId)
  const alive = readMembers(tx.meta, group).filter(({ id }) => id !== memberId)
  retarget(tx, state, alive, now)
  writeGroup(tx.meta, group, state)
}

/**
 * Commit under a claim. Throws SHITOPS_E_FENCED, before writing anything, unless the claim still stands (its member owns a
 * partition at its generation) and its member owns every partition of the commits, of the topics as they are now.
 */
export function commitClaimed(
  tx: Tx,
  group: string,
  claim: Pick<Claim, 'memberId' | 'generation'>,
  commits: readonly OffsetCommit[],
): void {
  checkCommits(tx, commits)
  const topics = readGroup(tx.meta, group)?.topics ?? {}
  const foreign = commits.find(({ topic, partition }) => holdingsOf(tx, topics, topic)[partition]?.owner !== claim.memberId)
  const stands = Object.keys(topics).some((topic) =>
    holdingsOf(tx, topics, topic).some(({ owner, generation }) => owner === claim.memberId && generation === claim.generation),
  )
  if (foreign || !stands) {
    const what = foreign ? `${foreign.topic}/${foreign.partition}` : 'a partition'
    throw new ShitopsError(
      'SHITOPS_E_FENCED',
      `${what} of group ${group} has gone to another member, or its topic was made anew; this one may no longer commit`,
      {
        suggestions: [`shitops group describe ${group}`],
      },
    )
  }
  writeCommits(tx, group, commits)
}

/** Commit from outside. Throws SHITOPS_E_GROUP_ACTIVE while the group has live members. */
export function commitUnclaimed(tx: Tx, group: string, commits: readonly OffsetCommit[], now: number): void {
  checkCommits(tx, commits)
  checkIdle(tx, group, now)
  if (!readGroup(tx.meta, group)) writeGroup(tx.meta, group, { generation: 0, topics: {} })
  writeCommits(tx, group, commits)
}

/** Throws SHITOPS_E_GROUP_ACTIVE while the group has live members. */
export function checkIdle(tx: Tx, group: string, now: number): void {
  const alive = readMembers(tx.meta, group).filter((member) => !isDead(member, now))
  if (alive.length === 0) return
  const who = alive.map(({ clientId, host, pid }) => `${clientId} (${host}, process ${pid})`).join(', ')
  throw new ShitopsError('SHITOPS_E_GROUP_ACTIVE', `group ${group} is being read by ${who}`, {
    suggestions: ['stop them first', `shitops group describe ${group}`],
  })
}

const MAX_METADATA_BYTES = 4_096

function checkCommits(tx: Tx, commits: readonly OffsetCommit[]): void {
  for (const { topic: name, partition, offset, metadata } of commits) {
    const topic = tx.topic(name)
    if (!topic) throw unknownTopic(name, readTopicNames(tx.meta))
    if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) throw unknownPartition(topic, partition)
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new ShitopsError('SHITOPS_E_OFFSET_RANGE', `${offset} is not an offset of ${name}/${partition}`)
    if (metadata !== undefined && Buffer.byteLength(metadata) > MAX_METADATA_BYTES) {
      throw new ShitopsError('SHITOPS_E_USAGE', `the metadata of ${name}/${partition} is longer than ${MAX_METADATA_BYTES} bytes`)
    }
  }
}

function writeCommits(tx: Tx, group: string, commits: readonly OffsetCommit[]): void {
  for (const { topic, partition, offset, metadata = '' } of commits) writeOffset(tx.meta, group, topic, partition, { offset, metadata })
}

function dismiss(tx: Tx, group: string, state: GroupState, memberId: string): void {
  removeMember(tx.meta, group, memberId)
  for (const holding of Object.values(state.topics).flat()) {
    if (holding.owner === memberId) holding.owner = null
    if (holding.target === memberId) holding.target = null
  }
}

/** Give every partition of every subscribed topic a target among the living. */
function retarget(tx: Tx, state: GroupState, alive: readonly Member[], now: number): void {
  const partitions = new Map<string, number>()
  for (const name of alive.flatMap(({ topics }) => topics)) partitions.set(name, tx.topic(name)?.partitions ?? 0)
  const current: Targets = {}
  for (const [topic, holdings] of Object.entries(state.topics)) current[topic] = holdings.map(({ target }) => target)
  const targets = assignPartitions(alive, partitions, current)
  for (const topic of Object.keys(state.topics)) if (!(topic in targets)) delete state.topics[topic]
  for (const [topic, wanted] of Object.entries(targets)) {
    const topicId = tx.topic(topic)?.id
    const holdings = holdingsOf(tx, state.topics, topic)
    state.topics[topic] = topicId === undefined ? [] : wanted.map((target, i) => retargeted(holdings[i], topicId, target, now))
  }
}

/** By partition, what is held of the topic as it is now: nothing when it was deleted, or made anew, since. */
function holdingsOf(tx: Tx, topics: GroupState['topics'], topic: string): readonly Holding[] {
  const holdings = topics[topic] ?? []
  return holdings[0]?.topicId === tx.topic(topic)?.id ? holdings : []
}

function retargeted(holding: Holding | undefined, topicId: number, target: string | null, now: number): Holding {
  if (!holding) return { topicId, target, owner: null, generation: 0, since: now }
  return holding.target === target ? holding : { ...holding, target, since: now }
}

/** Take what is meant for this member and free, or held by another for too long. */
function takeOver(state: GroupState, member: Member, now: number): void {
  for (const holding of Object.values(state.topics).flat()) {
    if (holding.target !== member.id || holding.owner === member.id) continue
    if (holding.owner !== null && now - holding.since <= GRACE * member.sessionTimeoutMs) continue
    holding.owner = member.id
    holding.generation = ++state.generation
  }
}

function ownedBy(state: GroupState, memberId: string): View['owned'] {
  const owned: View['owned'] = []
  for (const [topic, holdings] of Object.entries(state.topics)) {
    holdings.forEach(({ owner, target, generation }, partition) => {
      if (owner === memberId) owned.push({ topic, partition, generation, wanted: target === memberId })
    })
  }
  return owned
}
