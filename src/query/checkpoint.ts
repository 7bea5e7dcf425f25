import type { Bus } from '../bus/bus.ts'
import type { Output } from './job.ts'

/** Where jobs keep what they remember: one compacted record per group, written together with its outputs and offsets. */
export const STATE_TOPIC = 'job_state'
export const STATE_TOPIC_SPEC = { name: STATE_TOPIC, partitions: 1, config: { 'cleanup.policy': 'compact' } } as const

export interface Checkpoint {
  /** Event time up to which everything was processed, ms since the epoch. */
  watermark: number
  /** `topic/partition` → the next offset to read. What lies before it and at or before the watermark was processed. */
  positions: Record<string, number>
  state: unknown
}

export function checkpointRecord(group: string, checkpoint: Checkpoint): Output {
  const headers = [['content-type', 'application/json']] as const
  return { topic: STATE_TOPIC, key: group, value: JSON.stringify(checkpoint), timestamp: checkpoint.watermark, headers }
}

/** The newest checkpoint of a group, or undefined for one that has none. */
export async function readCheckpoint(bus: Bus, group: string): Promise<Checkpoint | undefined> {
  let found: Buffer | null = null
  for await (const batch of bus.read({ topic: STATE_TOPIC, partitions: [{ partition: 0, from: 0 }] })) {
    for (const { key, value } of batch) if (key?.toString() === group) found = value
  }
  return found ? (JSON.parse(found.toString()) as Checkpoint) : undefined
}
