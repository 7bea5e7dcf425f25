import type { Bus, BusRecord } from '../../bus.ts'
import { isThere } from '../../ops/topics-there.ts'
import { type Checkpoint, decodeCheckpoint, decodeHeartbeat, decodeOffsetSync, type OffsetSync } from './formats.ts'
import { checkpointTopic, HEARTBEATS, type Naming, syncTopics } from './naming.ts'

/** What MirrorMaker 2 says of itself in its topics. */
export interface MirrorState {
  /** The last one of each source partition, by {@link placeOf}. */
  syncs: ReadonlyMap<string, OffsetSync>
  /** The last one of each group and mirror partition, by `group` and {@link placeOf}. */
  checkpoints: ReadonlyMap<string, Checkpoint>
  /** When it last gave a sign of life, ms since the epoch; null where it never has. */
  heartbeat: number | null
}

export const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`
export const checkpointKey = (group: string, topic: string, partition: number): string => `${group}\n${placeOf(topic, partition)}`

/** Reads MirrorMaker's own topics; those that are not there count as empty. */
export async function mirrorState(source: Bus, target: Bus, naming: Naming): Promise<MirrorState> {
  const syncs = new Map<string, OffsetSync>()
  const { onSource, onTarget } = syncTopics(naming)
  for (const [bus, topic] of [
    [source, onSource],
    [target, onTarget],
  ] as const) {
    for await (const { key, value } of records(bus, topic)) {
      const sync = decodeOffsetSync(key, value)
      if (sync) syncs.set(placeOf(sync.topic, sync.partition), sync)
    }
  }
  const checkpoints = new Map<string, Checkpoint>()
  for await (const { key, value } of records(target, checkpointTopic(naming))) {
    const checkpoint = decodeCheckpoint(key, value)
    if (checkpoint) checkpoints.set(checkpointKey(checkpoint.group, checkpoint.topic, checkpoint.partition), checkpoint)
  }
  return { syncs, checkpoints, heartbeat: await lastHeartbeat(target, naming) }
}

async function lastHeartbeat(target: Bus, naming: Naming): Promise<number | null> {
  let last: number | null = null
  for await (const { key, value } of records(target, HEARTBEATS)) {
    const beat = decodeHeartbeat(key, value)
    if (beat && beat.source === naming.source && beat.target === naming.target) last = Math.max(last ?? 0, beat.at)
  }
  return last
}

/** All that a topic holds now. */
async function* records(bus: Bus, topic: string): AsyncIterable<BusRecord> {
  if (!(await isThere(bus, topic))) return
  const partitions = (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
  for await (const batch of bus.read({ topic, partitions })) yield* batch
}
