import { hasCode, ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import type { Bus, GroupDescription, OffsetCommit } from '../bus.ts'
import type { Position } from '../position.ts'
import { isForwardMetadata } from '../spool/target.ts'
import { resolvePosition } from './range.ts'
import { groupOf, isReplayMetadata } from './replay/state.ts'
import { choosePartitions, topicOffsets } from './topic-lookup.ts'

/** A group in one line. */
export interface GroupOverview {
  group: string
  state: string
  members: number
  topics: string[]
  /** Records not read yet, over all partitions; null where that is unknown for one of them, which is not 0. */
  lag: number | null
}

const AT_ONCE = 8

/** Every consumer group of the bus, by name. */
export async function listGroups(bus: Bus): Promise<GroupOverview[]> {
  const names = (await bus.listGroups()).map(({ group }) => group).sort()
  const overviews: GroupOverview[] = []
  for (let i = 0; i < names.length; i += AT_ONCE) {
    const some = await Promise.all(names.slice(i, i + AT_ONCE).map((name) => bus.describeGroup(name).catch(goneIsUndefined)))
    overviews.push(...some.filter((group) => group !== undefined).map((group) => overviewOf(plain(group))))
  }
  return overviews
}

/** One group, its members and lag; SHITOPS_E_GROUP_UNKNOWN names the nearest. */
export async function describeGroup(bus: Bus, group: string): Promise<GroupDescription> {
  try {
    return plain(await bus.describeGroup(group))
  } catch (error) {
    if (!hasCode(error, 'SHITOPS_E_GROUP_UNKNOWN')) throw error
  }
  // Only now: a list has not what this user may not describe, and "there is none" would be wrong of that.
  const known = (await bus.listGroups()).map((summary) => summary.group)
  const guess = nearest(group, known)
  throw new ShitopsError('SHITOPS_E_GROUP_UNKNOWN', `the bus ${bus.url} has no group "${group}"`, {
    suggestions: guess ? [`did you mean ${guess}?`] : ['shitops group list'],
  })
}

/** A replay keeps its position in a group (replay/state.ts), and so does a spool; the offset there is no place in the topic, and the lag is none. */
function plain(group: GroupDescription): GroupDescription {
  const ours = (metadata: string) => isReplayMetadata(metadata) || isForwardMetadata(metadata)
  const offsets = group.offsets.map((offset) => (ours(offset.metadata) ? { ...offset, committed: null, lag: null } : offset))
  return { ...group, offsets }
}

function goneIsUndefined(error: { code?: string }): undefined {
  if (error.code !== 'SHITOPS_E_GROUP_UNKNOWN') throw error
}

function overviewOf({ group, state, members, offsets }: GroupDescription): GroupOverview {
  const lags = offsets.map(({ lag }) => lag)
  return {
    group,
    state,
    members,
    topics: [...new Set(offsets.map(({ topic }) => topic))].sort(),
    lag: lags.length === 0 || lags.includes(null) ? null : lags.reduce<number>((sum, lag) => sum + (lag ?? 0), 0),
  }
}

/** What a reset does in one partition. */
export interface ResetStep {
  topic: string
  partition: number
  before: number | null
  after: number
  /** Lag then. */
  lag: number
}

export interface ResetRequest {
  group: string
  /** Empty: every topic that the group has offsets of. */
  topics: readonly string[]
  partitions?: readonly number[] | undefined
  to: Position
}

/** What a reset would do; SHITOPS_E_USAGE where it has no offsets and no topic is given, SHITOPS_E_GROUP_UNKNOWN, SHITOPS_E_GROUP_ACTIVE, SHITOPS_E_TOPIC_UNKNOWN, SHITOPS_E_OFFSET_RANGE. Changes nothing. */
export async function planReset(bus: Bus, request: ResetRequest): Promise<ResetStep[]> {
  if (request.group.startsWith(groupOf(''))) {
    throw new ShitopsError(
      'SHITOPS_E_USAGE',
      `${request.group} is the token of a replay: its offsets hold where the replay stands, not a reader's place`,
      {
        suggestions: ['shitops replay TOPIC with a new --token, to begin anew'],
      },
    )
  }
  const group = await describeGroup(bus, request.group)
  if (group.members > 0) throw stillActive(group)
  const topics = request.topics.length > 0 ? request.topics : [...new Set(group.offsets.map(({ topic }) => topic))].sort()
  if (topics.length === 0) throw nothingCommitted(request.group)
  const steps: ResetStep[] = []
  for (const topic of topics) {
    const partitions = choosePartitions(topic, await topicOffsets(bus, topic), request.partitions)
    const targets = await resolvePosition(bus, topic, partitions, request.to)
    for (const [i, { partition, latest }] of partitions.entries()) {
      const after = targets[i] ?? latest
      if (after > latest) throw beyond(topic, partition, after, latest)
      const before = group.offsets.find((offset) => offset.topic === topic && offset.partition === partition)?.committed ?? null
      steps.push({ topic, partition, before, after, lag: latest - after })
    }
  }
  return steps
}

/** Carry out a plan; SHITOPS_E_GROUP_ACTIVE when a member has come back since. */
export async function applyReset(bus: Bus, group: string, steps: readonly ResetStep[]): Promise<void> {
  const commits = steps.map(({ topic, partition, after }): OffsetCommit => ({ topic, partition, offset: after }))
  await bus.commitOffsets(group, commits)
}

function nothingCommitted(group: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_USAGE', `the group ${group} has no offsets: there is nothing to reset`, {
    suggestions: ['--topic TOPIC, to say where it is to begin there', 'shitops group list'],
  })
}

function stillActive({ group, members }: GroupDescription): ShitopsError {
  return new ShitopsError('SHITOPS_E_GROUP_ACTIVE', `the group ${group} has ${members} live ${members === 1 ? 'member' : 'members'}`, {
    suggestions: ['stop its members, then try again', `shitops group describe ${group} shows where they run`],
  })
}

function beyond(topic: string, partition: number, offset: number, latest: number): ShitopsError {
  return new ShitopsError('SHITOPS_E_OFFSET_RANGE', `offset ${offset} is beyond the end of ${topic}/${partition}, which is ${latest}`, {
    suggestions: ['--to end', `--partition ${partition} --to ${latest}`, `shitops topic describe ${topic}`],
  })
}
