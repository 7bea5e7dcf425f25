import { ShitopsError } from '../../base/errors.ts'
import type { Bus, PartitionOffsets, PartitionRange } from '../bus.ts'
import type { Position } from '../position.ts'
import { choosePartitions, topicOffsets } from './topic-lookup.ts'

export interface RangeRequest {
  topic: string
  partitions?: readonly number[] | undefined
  from: Position
  /** Absent: the end as it is now, or none when following. */
  to?: Position | undefined
  follow?: boolean
}

/** What lies between two positions, `to` not included: per partition its offsets. */
export interface TopicRange {
  topic: string
  partitions: PartitionRange[]
  /** Things the user should know: records before the first that are no longer held. */
  warnings: string[]
}

/** Turn positions into offsets. SHITOPS_E_TOPIC_UNKNOWN, SHITOPS_E_USAGE (partition), SHITOPS_E_OFFSET_RANGE (offset beyond the end). */
export async function resolveRange(bus: Bus, request: RangeRequest): Promise<TopicRange> {
  const { topic, from, to, follow = false } = request
  const partitions = choosePartitions(topic, await topicOffsets(bus, topic), request.partitions)
  checkWithin(topic, partitions, from)
  const starts = await resolvePosition(bus, topic, partitions, from)
  const ends = to && (await resolvePosition(bus, topic, partitions, to))
  return {
    topic,
    warnings: goneWarnings(topic, partitions, from),
    partitions: partitions.map(({ partition, latest }, i) => {
      const start = Math.min(starts[i] ?? 0, latest)
      const end = ends ? boundedEnd(ends[i] ?? latest, latest, follow) : follow ? undefined : latest
      return end === undefined ? { partition, from: start } : { partition, from: start, to: Math.max(start, end) }
    }),
  }
}

/** The offset of a position in each of `partitions`, in their order; an offset is taken as it is, everything else lies within the log. */
export async function resolvePosition(
  bus: Bus,
  topic: string,
  partitions: readonly PartitionOffsets[],
  position: Position,
): Promise<number[]> {
  switch (position.kind) {
    case 'start':
      return partitions.map(({ earliest }) => earliest)
    case 'end':
      return partitions.map(({ latest }) => latest)
    case 'offset':
      return partitions.map(({ earliest }) => Math.max(position.offset, earliest))
    case 'last':
      return partitions.map(({ earliest, latest }) => Math.max(earliest, latest - position.count))
    case 'time': {
      const offsets = await bus.offsetsAt(topic, position.at)
      return partitions.map(({ partition, latest }) => offsets.find((found) => found.partition === partition)?.offset ?? latest)
    }
  }
}

/** An end beyond the log is waited for when following, else the log's end is the end. */
const boundedEnd = (end: number, latest: number, follow: boolean) => (follow ? end : Math.min(end, latest))

/** With several partitions one offset suits few of them, so only one that no partition has reached is an error. */
function checkWithin(topic: string, partitions: readonly PartitionOffsets[], from: Position): void {
  if (from.kind !== 'offset' || partitions.some(({ latest }) => from.offset <= latest)) return
  const last = Math.max(...partitions.map(({ latest }) => latest))
  throw new ShitopsError(
    'SHITOPS_E_OFFSET_RANGE',
    `offset ${from.offset} is beyond the end of ${topic}, where the next record will be ${last}`,
    {
      suggestions: ['--from end', '--from -100', `shitops topic describe ${topic}`],
    },
  )
}

function goneWarnings(topic: string, partitions: readonly PartitionOffsets[], from: Position): string[] {
  if (from.kind !== 'offset') return []
  return partitions
    .filter(({ earliest }) => earliest > from.offset)
    .map(({ partition, earliest }) => `${topic}/${partition}: offsets ${from.offset} to ${earliest - 1} are no longer held (retention)`)
}
