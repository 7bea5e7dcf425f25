import type { Bus, PartitionRange } from '../../bus/bus.ts'
import type { GapFrame } from '../../live/protocol.ts'
import { type Change, makeChange } from '../feed/change.ts'
import { isCompacted } from '../feed/channel-feed.ts'
import type { Feed } from '../feed/feed.ts'
import type { Position } from '../feed/position.ts'
import { FED_TOPICS } from '../feed/topics.ts'
import type { Group } from './group.ts'

/** Offsets that are read again of the bus for one client; beyond that it is told of a gap and begins afresh. */
const MOST_READ = 20_000

type Ranges = GapFrame['data']['ranges']

/** What a client that comes back is told. */
export type Resumed =
  | {
      readonly kind: 'changes'
      readonly changes: readonly Change[]
      /** Removed from the bus before they could be sent. */
      readonly gone: Ranges
      /** The stream goes on behind this change of the channel, at this place. */
      readonly seq: number
      readonly id: string
    }
  | { readonly kind: 'afresh'; readonly reason: GapFrame['data']['reason']; readonly ranges: Ranges }

interface Hole {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
}

/**
 * What came since a position: from the ring where it reaches so far back, from the bus where it does not. To be called right after a flush, so
 * that what it finds is what has gone out.
 */
export async function resume(since: Position, group: Group, { feed, bus, id }: { feed: Feed; bus: Bus; id: string }): Promise<Resumed> {
  const { feed: channel, wanted } = group
  const now = new Map([...feed.position].map(([topic, offsets]) => [topic, [...offsets]]))
  const topics = FED_TOPICS.filter(({ topic, channels }) => channels.includes(wanted.channel) && (wanted.topics?.includes(topic) ?? true))
  const unknown = topics.flatMap(({ topic }) => beyond(topic, since, now))
  if (unknown.length > 0) return { kind: 'afresh', reason: 'unknown_position', ranges: unknown }
  const holes = topics.filter(({ class: kind }) => kind !== 'gauge').flatMap(({ topic }) => missing(topic, since, now, group))
  if (holes.reduce((sum, { from, to }) => sum + to - from, 0) > MOST_READ) return { kind: 'afresh', reason: 'too_many', ranges: holes }
  const fromRing = channel.journal.all().filter(({ wire: { topic, partition, offset } }) => {
    return offset >= at(since, topic, partition) && !holes.some((hole) => hole.topic === topic && hole.partition === partition)
  })
  const gauges = channel.gaugesSince(since)
  const { seq } = channel
  const read = await fromBus(holes, wanted.channel, { feed, bus })
  const changes = [...read.changes, ...fromRing, ...channel.restated(), ...gauges].filter((change) => group.matches(change))
  return { kind: 'changes', changes, gone: read.gone, seq, id }
}

const at = (position: Position, topic: string, partition: number): number => position.get(topic)?.[partition] ?? 0

/** Offsets that nobody can have seen: the position is of another bus, or of this one before it was made anew. */
function beyond(topic: string, since: Position, now: Position): Ranges {
  const offsets = since.get(topic) ?? []
  return offsets.flatMap((from, partition) => {
    const to = at(now, topic, partition)
    return from > to ? [{ topic, partition, from, to }] : []
  })
}

/** What the ring no longer has. */
function missing(topic: string, since: Position, now: Position, { feed }: Group): Hole[] {
  return (now.get(topic) ?? []).flatMap((to, partition) => {
    const from = at(since, topic, partition)
    return from >= to || feed.journal.covers(topic, partition, from) ? [] : [{ topic, partition, from, to }]
  })
}

async function fromBus(
  holes: readonly Hole[],
  channel: Group['wanted']['channel'],
  { feed, bus }: { feed: Feed; bus: Bus },
): Promise<{ changes: Change[]; gone: Ranges }> {
  const changes: Change[] = []
  const gone: Ranges = []
  for (const topic of new Set(holes.map((hole) => hole.topic))) {
    const held = await bus.offsets(topic)
    const partitions: PartitionRange[] = []
    for (const { partition, from, to } of holes.filter((hole) => hole.topic === topic)) {
      const earliest = held.find((offsets) => offsets.partition === partition)?.earliest ?? 0
      // What compaction has taken away was replaced by what is still there.
      if (earliest > from && !isCompacted(topic)) gone.push({ topic, partition, from, to: Math.min(earliest, to) })
      if (to > earliest) partitions.push({ partition, from: Math.max(from, earliest), to })
    }
    if (partitions.length === 0) continue
    for await (const batch of bus.read({ topic, partitions })) {
      for (const { class: kind, slot, timestamp, wire } of feed.projected(channel, batch)) {
        changes.push(makeChange(0, kind, slot, timestamp, wire))
      }
    }
  }
  return { changes, gone }
}
