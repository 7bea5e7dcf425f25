import { hasCode, ShitopsError } from '../../base/errors.ts'
import type { GroupDescription, GroupSummary, OffsetCommit } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { CODE, isFencedMember } from './codes.ts'
import { committedOffsets } from './committed-offsets.ts'
import { BrokerRefusal, checkCode } from './failures.ts'
import { groupMembers } from './group-describe.ts'
import { listedGroups } from './group-list.ts'
import { LATEST, listOffsets } from './offsets.ts'
import { unknownPartition } from './reader.ts'

const GROUP = 0
/** Commits from outside carry no member. */
const OUTSIDE = { groupGenerationId: -1, memberId: '' }

/** Those that this user may describe: whoever may describe the cluster is told the names of the others as well. */
export async function listGroups(cluster: Cluster): Promise<GroupSummary[]> {
  const groups = await listedGroups(cluster)
  const seen = await Promise.all(
    groups.map(async ({ group, state, type }) => {
      try {
        return { group, state, members: await memberCount(cluster, group, state, type) }
      } catch (error) {
        if (error instanceof BrokerRefusal && error.code === CODE.GROUP_AUTHORIZATION_FAILED) return undefined
        throw error
      }
    }),
  )
  return seen.filter((group) => group !== undefined)
}

/** 0 where the group has gone since it was listed. */
async function memberCount(cluster: Cluster, group: string, state: string, type: string): Promise<number> {
  try {
    // Empty is empty: the members of the others are asked for. Whether it may be described its coordinator says before.
    if (state === 'Empty') {
      await cluster.patiently(() => cluster.coordinator(group, GROUP))
      return 0
    }
    return (await groupMembers(cluster, group, type)).memberList.length
  } catch (error) {
    if (error instanceof BrokerRefusal && error.code === CODE.GROUP_ID_NOT_FOUND) return 0
    throw error
  }
}

/** @throws SHITOPS_E_GROUP_UNKNOWN */
export async function describeGroup(cluster: Cluster, group: string): Promise<GroupDescription> {
  const listed = (await listedGroups(cluster)).find((one) => one.group === group)
  if (!listed) {
    // Brokers list only what may be described. Asked for this one, they say when it may not be.
    await cluster.patiently(() => cluster.coordinator(group, GROUP))
    throw unknownGroup(group)
  }
  const { state, memberList } = await groupMembers(cluster, group, listed.type)
  // A share group (KIP-932) has no committed offsets: its state is per record.
  const committed = listed.type === 'share' ? [] : await committedOffsets(cluster, group, null)
  const held = new Map(committed.map((commit) => [keyOf(commit), commit]))
  const partitions = [...memberList.flatMap((member) => member.partitions), ...committed]
  const wanted = [...new Map(partitions.map(({ topic, partition }) => [keyOf({ topic, partition }), { topic, partition }])).values()]
  const { latest, hidden } = await latestOffsets(cluster, wanted)
  const seen = wanted.filter(({ topic }) => !hidden.has(topic))
  const offsets = seen.map(({ topic, partition }) => {
    const commit = held.get(keyOf({ topic, partition }))
    const end = latest.get(keyOf({ topic, partition })) ?? null
    const lag = commit && end !== null ? Math.max(0, end - commit.offset) : null
    return { topic, partition, committed: commit?.offset ?? null, latest: end, lag, metadata: commit?.metadata ?? '' }
  })
  offsets.sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition))
  return { group, state, members: memberList.length, memberList, offsets }
}

interface LatestOffsets {
  /** High watermarks; partitions that are gone are absent. */
  latest: ReadonlyMap<string, number>
  /** Topics that this user may not see. Members say that they read them; of what was committed brokers leave them out. */
  hidden: ReadonlySet<string>
}

async function latestOffsets(cluster: Cluster, wanted: ReadonlyArray<{ topic: string; partition: number }>): Promise<LatestOffsets> {
  const latest = new Map<string, number>()
  const hidden = new Set<string>()
  for (const topic of new Set(wanted.map((one) => one.topic))) {
    const info = await cluster.topic(topic).catch((error: unknown) => {
      if (error instanceof BrokerRefusal && error.code === CODE.TOPIC_AUTHORIZATION_FAILED) hidden.add(topic)
      else if (!hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) throw error
    })
    const queries = wanted
      .filter((one) => one.topic === topic && info?.partitions[one.partition])
      .map((one) => ({ ...one, timestamp: LATEST }))
    const found = await listOffsets(cluster, queries)
    for (const [i, query] of queries.entries()) latest.set(keyOf(query), found[i] ?? 0)
  }
  return { latest, hidden }
}

export async function fetchOffsets(cluster: Cluster, group: string, topics: readonly string[]): Promise<OffsetCommit[]> {
  return (await committedOffsets(cluster, group, topics)).map(withoutNoMetadata)
}

/** As {@link OffsetCommit} has it: none is none. */
export function withoutNoMetadata({ metadata, ...commit }: Required<OffsetCommit>): OffsetCommit {
  return metadata === '' ? commit : { ...commit, metadata }
}

/**
 * From outside the group. The broker checks that it has no members; that the offsets arrived is checked by reading them back, because
 * brokers have accepted commits for groups of the newer protocols without keeping them.
 */
export async function commitOffsets(cluster: Cluster, group: string, commits: readonly OffsetCommit[]): Promise<void> {
  for (const { topic, partition } of commits) {
    const { partitions } = await cluster.topic(topic)
    if (!partitions[partition]) throw unknownPartition(topic, partition, partitions.length)
  }
  const listed = (await listedGroups(cluster)).find((one) => one.group === group)
  if (listed?.type === 'share') {
    throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `"${group}" is a share group, which keeps a state per record and no offsets`)
  }
  const byTopic = new Map<string, Array<{ partition: number; offset: string; metadata: string }>>()
  for (const { topic, partition, offset, metadata = '' } of commits) {
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), { partition, offset: String(offset), metadata }])
  }
  const topics = [...byTopic].map(([topic, partitions]) => ({ topic, partitions }))
  await cluster.patiently(async () => {
    const coordinator = await cluster.coordinator(group, GROUP)
    const { responses } = await coordinator.call('OffsetCommit', { groupId: group, ...OUTSIDE, topics })
    for (const { topic, partitions } of responses) {
      for (const { errorCode } of partitions) {
        if (isFencedMember(errorCode)) throw activeGroup(group)
        checkCode(errorCode, `setting offsets of group "${group}" in "${topic}"`)
      }
    }
  })
  const kept = await committedOffsets(cluster, group, [...new Set(commits.map(({ topic }) => topic))])
  const same = (a: OffsetCommit, b: OffsetCommit) => keyOf(a) === keyOf(b) && a.offset === b.offset
  if (!commits.every((commit) => kept.some((one) => same(one, commit)))) {
    throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `the broker took the offsets of group "${group}" and did not keep them`)
  }
}

export async function deleteGroup(cluster: Cluster, group: string): Promise<void> {
  await cluster.patiently(async () => {
    const coordinator = await cluster.coordinator(group, GROUP)
    const { results } = await coordinator.call('DeleteGroups', [group])
    const code = results[0]?.errorCode ?? CODE.NONE
    if (code === CODE.GROUP_ID_NOT_FOUND) throw unknownGroup(group)
    if (code === CODE.NON_EMPTY_GROUP) throw activeGroup(group)
    if (code !== CODE.NONE) throw new BrokerRefusal(code, `deleting group "${group}"`)
  })
}

function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${partition}:${topic}`
}

function unknownGroup(group: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_GROUP_UNKNOWN', `the cluster has no group "${group}"`, { suggestions: ['shitops group list'] })
}

function activeGroup(group: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_GROUP_ACTIVE', `group "${group}" has members that read now`, {
    suggestions: [`shitops group describe ${group}`, 'stop its members, then try again'],
  })
}
