import { hasCode } from '../../base/errors.ts'
import type { AppendResult, Bus, OutRecord, TakenOver } from '../bus.ts'
import { partitionOf } from '../partitioner.ts'
import type { Spooled } from './entry.ts'

/** How long the number of partitions of a topic is believed, ms. */
const BELIEVED_MS = 5_000

/** Marks our positions among the offsets of groups: they are no consumer's. */
export const FORWARD_MAGIC = 'shitops-forward/1'

/** The transactional id, and the group, of a spool at its target. */
export const forwarderOf = (spoolId: string) => `forward.${spoolId}`

/** True for the metadata of a forwarder's group: its offsets are not a consumer's. */
export const isForwardMetadata = (metadata: string) => metadata.startsWith(FORWARD_MAGIC)

/** The bus that a spool is forwarded to, and what is known of its topics. */
export class Target {
  readonly bus: Bus
  readonly #id: string
  readonly #now: () => number
  readonly #topics = new Map<string, { partitions: number; at: number }>()
  #unkeyed = 0

  constructor(bus: Bus, spoolId: string, now: () => number) {
    this.bus = bus
    this.#id = forwarderOf(spoolId)
    this.#now = now
  }

  /**
   * Take over from whoever forwarded from this spool before, and settle what that one, or we ourselves before an outage, had under way.
   * @param anchor the topic of the next record that waits: a position from before it was forwarded would have it forwarded again
   * @returns the offset of the spool up to which everything is at the target; 0 where nothing was ever forwarded
   */
  async takeOver(anchor: string | undefined): Promise<number> {
    const group = { name: this.#id }
    try {
      return furthest(await this.bus.takeOver(this.#id, { group: anchor === undefined ? group : { ...group, anchor } }))
    } catch (error) {
      if (anchor === undefined || !hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) throw error
      // There is no such topic, so that nothing of it is there; or a broker that has just started does not know it yet, and then the position counts.
      return furthest(await this.bus.takeOver(this.#id, { group }))
    }
  }

  /** Writes the records of entries in one transaction with the position behind them. @returns of each entry where it went */
  async write(entries: readonly Spooled[], next: number): Promise<Map<number, AppendResult>> {
    const topics = new Map<string, Array<{ offset: number; record: OutRecord & { partition: number } }>>()
    const sticky = this.#unkeyed++
    for (const { offset, entry } of entries) {
      if (entry.kind !== 'record') continue
      const partitions = await this.partitions(entry.topic)
      const partition = entry.record.partition ?? partitionOf(entry.record.key, partitions, () => sticky)
      const list = topics.get(entry.topic) ?? []
      topics.set(entry.topic, list)
      list.push({ offset, record: { ...entry.record, partition } })
    }
    const [anchor] = topics.keys()
    if (anchor === undefined) return new Map()
    const results = await this.bus.transact({
      id: this.#id,
      appends: [...topics].map(([topic, list]) => ({ topic, records: list.map(({ record }) => record) })),
      offsets: { group: this.#id, commits: [{ topic: anchor, partition: 0, offset: next, metadata: FORWARD_MAGIC }] },
    })
    return placesOf(topics, results)
  }

  /** Number of partitions of a topic. @throws SHITOPS_E_TOPIC_UNKNOWN */
  async partitions(topic: string): Promise<number> {
    const known = this.#topics.get(topic)
    if (known && this.#now() - known.at < BELIEVED_MS) return known.partitions
    const partitions = (await this.bus.offsets(topic)).length
    this.#topics.set(topic, { partitions, at: this.#now() })
    return partitions
  }

  /** Ask again: something about topics was not as we knew it. */
  forget(): void {
    this.#topics.clear()
  }
}

const furthest = ({ commits }: TakenOver) => Math.max(0, ...commits.map(({ offset }) => offset))

/** Of each entry its place: results come by partition, in the order in which the records of the partition were given. */
function placesOf(
  topics: ReadonlyMap<string, ReadonlyArray<{ offset: number; record: { partition: number } }>>,
  results: readonly AppendResult[],
): Map<number, AppendResult> {
  const runs = new Map<string, Array<{ next: number; left: number }>>()
  for (const { topic, partition, baseOffset, count } of results) {
    const key = `${partition} ${topic}`
    runs.set(key, [...(runs.get(key) ?? []), { next: baseOffset, left: count }])
  }
  const places = new Map<number, AppendResult>()
  for (const [topic, list] of topics) {
    for (const { offset, record } of list) {
      const queue = runs.get(`${record.partition} ${topic}`)
      const run = queue?.[0]
      if (!queue || !run) continue
      places.set(offset, { topic, partition: record.partition, baseOffset: run.next++, count: 1 })
      if (--run.left === 0) queue.shift()
    }
  }
  return places
}

/** One result for each run of offsets, of entries that were written together. */
export function joined(places: readonly AppendResult[]): AppendResult[] {
  const results: AppendResult[] = []
  for (const place of places) {
    const last = results.findLast(({ topic, partition }) => topic === place.topic && partition === place.partition)
    if (last && last.baseOffset + last.count === place.baseOffset) last.count++
    else results.push({ ...place })
  }
  return results
}
