import { hostname } from 'node:os'
import { openJson, sealJson } from './entry.ts'
import { META, partsOfTextKey, pastPrefix, textKey } from './keys.ts'
import type { Table } from './store.ts'

/** One partition as its group sees it. */
export interface Holding {
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

export function readGroup(meta: Table, group: string): GroupState | undefined {
  const found = meta.get(textKey(META.group, group))
  return found && openJson<GroupState>(found)
}

export function writeGroup(meta: Table, group: string, state: GroupState): void {
  meta.putSync(textKey(META.group, group), sealJson(state))
}

export function readMembers(meta: Table, group: string): Member[] {
  const prefix = textKey(META.member, group)
  const members: Member[] = []
  for (const { value } of meta.getRange({ start: prefix, end: pastPrefix(prefix) })) members.push(openJson<Member>(value))
  return members
}

export function writeMember(meta: Table, group: string, member: Member): void {
  meta.putSync(textKey(META.member, group, member.id), sealJson(member))
}

export function removeMember(meta: Table, group: string, id: string): void {
  meta.removeSync(textKey(META.member, group, id))
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

export function readOffset(meta: Table, group: string, topic: string, partition: number): StoredOffset | undefined {
  const found = meta.get(textKey(META.offset, group, topic, String(partition)))
  return found && openJson<StoredOffset>(found)
}

export function writeOffset(meta: Table, group: string, topic: string, partition: number, stored: StoredOffset): void {
  meta.putSync(textKey(META.offset, group, topic, String(partition)), sealJson(stored))
}

/** All that a group committed. */
export function readOffsets(meta: Table, group: string): Array<StoredOffset & { topic: string; partition: number }> {
  const prefix = textKey(META.offset, group)
  const offsets: Array<StoredOffset & { topic: string; partition: number }> = []
  for (const { key, value } of meta.getRange({ start: prefix, end: pastPrefix(prefix) })) {
    const [, topic = '', partition = ''] = partsOfTextKey(key)
    offsets.push({ topic, partition: Number(partition), ...openJson<StoredOffset>(value) })
  }
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
