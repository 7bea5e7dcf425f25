import { ShitopsError } from '../../base/errors.ts'
import type { GroupDescription, GroupSummary, OffsetCommit } from '../bus.ts'
import { checkIdle } from './group-protocol.ts'
import { type GroupState, isDead, type Member, readGroup, readMembers, readOffsets, removeMember } from './group-state.ts'
import { headKey, readHead } from './head.ts'
import { META, partsOfTextKey, pastPrefix, textKey } from './keys.ts'
import type { MetaTable } from './meta-table.ts'
import type { Store } from './store.ts'
import { readTopic } from './topics.ts'
import type { Tx } from './tx.ts'

export function listGroups(store: Store, now: number): GroupSummary[] {
  const prefix = textKey(META.group)
  const names = store.meta.keys({ start: prefix, end: pastPrefix(prefix) }).map((key) => partsOfTextKey(key)[0] ?? '')
  return names.map((group) => summary(group, readGroup(store.meta, group), alive(store.meta, group, now)))
}

export function describeGroup(store: Store, group: string, now: number): GroupDescription {
  const { meta } = store
  const state = readGroup(meta, group)
  if (!state) throw unknownGroup(group)
  const members = alive(meta, group, now)
  return {
    ...summary(group, state, members),
    memberList: members.map(({ id, clientId, host }) => ({ id, clientId, host, partitions: heldBy(state, id) })),
    offsets: offsetsOf(meta, group, state),
  }
}

/** What the group committed, and what it reads without having committed: there the lag is not known. */
function offsetsOf(meta: MetaTable, group: string, state: GroupState): GroupDescription['offsets'] {
  const committed = readOffsets(meta, group)
  const known = new Set(committed.map(({ topic, partition }) => `${topic}/${partition}`))
  const uncommitted = Object.entries(state.topics)
    .flatMap(([topic, holdings]) => holdings.map((_, partition) => ({ topic, partition, offset: null, metadata: '' })))
    .filter(({ topic, partition }) => !known.has(`${topic}/${partition}`))
  return [...committed, ...uncommitted].map(({ topic, partition, offset, metadata }) => {
    const latest = latestOffset(meta, topic, partition)
    const lag = latest === null || offset === null ? null : Math.max(0, latest - offset)
    return { topic, partition, committed: offset, latest, lag, metadata }
  })
}

export function fetchOffsets(store: Store, group: string, topics: readonly string[]): OffsetCommit[] {
  return readOffsets(store.meta, group).filter(({ topic }) => topics.includes(topic))
}

/** Forget a group and its offsets. Throws SHITOPS_E_GROUP_UNKNOWN, SHITOPS_E_GROUP_ACTIVE. */
export function deleteGroup(tx: Tx, group: string, now: number): void {
  if (!readGroup(tx.meta, group)) throw unknownGroup(group)
  checkIdle(tx, group, now)
  for (const { id } of readMembers(tx.meta, group)) removeMember(tx.meta, group, id)
  for (const { topic, partition } of readOffsets(tx.meta, group)) tx.meta.remove(textKey(META.offset, group, topic, String(partition)))
  tx.meta.remove(textKey(META.group, group))
}

function unknownGroup(group: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_GROUP_UNKNOWN', `there is no consumer group "${group}"`, { suggestions: ['shitops group list'] })
}

function alive(meta: MetaTable, group: string, now: number): Member[] {
  return readMembers(meta, group).filter((member) => !isDead(member, now))
}

/** States as Kafka names them. */
function summary(group: string, state: GroupState | undefined, members: readonly Member[]): GroupSummary {
  const moving = Object.values(state?.topics ?? {}).some((holdings) =>
    holdings.some(({ target, owner }) => target !== null && target !== owner),
  )
  return { group, state: members.length === 0 ? 'Empty' : moving ? 'PreparingRebalance' : 'Stable', members: members.length }
}

function heldBy(state: GroupState, memberId: string) {
  return Object.entries(state.topics).flatMap(([topic, holdings]) =>
    holdings.flatMap(({ owner }, partition) => (owner === memberId ? [{ topic, partition }] : [])),
  )
}

function latestOffset(meta: MetaTable, topicName: string, partition: number): number | null {
  const topic = readTopic(meta, topicName)
  if (!topic || partition >= topic.partitions) return null
  return readHead(meta, headKey(topic.id, partition)).end
}
