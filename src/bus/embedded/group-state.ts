import { hostname } from 'node:os'
import { META, partsOfTextKey, pastPrefix, textKey } from './keys.ts'
import type { MetaTable } from './meta-table.ts'

/** One partition as its group sees it. */
export interface Holding {
  /** Whose partition: a topic made anew under the same name is another one, and what was claimed of the old is void. */
  topicId: number
  /** Who is to read it. */
  target: string | null
  /** Who reads it: differs from the target while the former reader finishes its batch. */
  owner: string | null
  /** Grows with each new owner: the fence. */
  generation: number
  /** When the target changed, ms: an owner that does not let go within its grace loses the partition. */
  since: number
}

export interface GroupState {
  generation: number
  /** topic -> holdings by partition */
  topics: Record<string, Holding[]>
}

export interface Member {
  id: string
  clientId: string
  host: string
  pid: number
  topics: string[]
  sessionTimeoutMs: number
  heartbeatAt: number
}

/** Longest pause between heartbeats; the session time-out allows for at least two lost ones. */
const MAX_HEARTBEAT_MS = 2_000

export function heartbeatIntervalMs(sessionTimeoutMs: number): number {
  return Math.min(MAX_HEARTBEAT_MS, Math.max(1, Math.floor(sessionTimeoutMs / 3)))
}

export function readGroup(meta: MetaTable, group: string): GroupState | undefined {
  return meta.json<GroupState>(textKey(META.group, group))
}

export function writeGroup(meta: MetaTable, group: string, state: GroupState): void {
  meta.putJson(textKey(META.group, group), state)
}

export function readMembers(meta: MetaTable, group: string): Member[] {
  const prefix = textKey(META.member, group)
  return meta.jsonRange<Member>({ start: prefix, end: pastPrefix(prefix) }).map(({ value }) => value)
}

export function writeMember(meta: MetaTable, group: string, member: Member): void {
  meta.putJson(textKey(META.member, group, member.id), member)
}

export function removeMember(meta: MetaTable, group: string, id: string): void {
  meta.remove(textKey(META.member, group, id))
}

/**
 * Whether a member is gone: not heard of for its session time-out, or, sooner, its process is gone from this host. A process id
 * is believed only when a heartbeat is overdue as well: another container may have ids of its own.
 */
export function isDead(member: Member, now: number): boolean {
  const silent = now - member.heartbeatAt
  if (silent > member.sessionTimeoutMs) return true
  const overdue = heartbeatIntervalMs(member.sessionTimeoutMs) * 1.25 + 500
  return silent > overdue && member.host === hostname() && !isRunning(member.pid)
}

/** A committed offset. */
export interface StoredOffset {
  offset: number
  metadata: string
}

export function readOffset(meta: MetaTable, group: string, topic: string, partition: number): StoredOffset | undefined {
  return meta.json<StoredOffset>(textKey(META.offset, group, topic, String(partition)))
}

export function writeOffset(meta: MetaTable, group: string, topic: string, partition: number, stored: StoredOffset): void {
  meta.putJson(textKey(META.offset, group, topic, String(partition)), stored)
}

/** All that a group committed. */
export function readOffsets(meta: MetaTable, group: string): Array<StoredOffset & { topic: string; partition: number }> {
  const prefix = textKey(META.offset, group)
  const offsets = meta.jsonRange<StoredOffset>({ start: prefix, end: pastPrefix(prefix) }).map(({ key, value }) => {
    const [, topic = '', partition = ''] = partsOfTextKey(key)
    return { topic, partition: Number(partition), ...value }
  })
  return offsets.sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
