import { topicSpec } from '../../events/topics.ts'
import type { ChannelName, TopicClass, WireChange } from '../../live/protocol.ts'
import { type Change, makeChange } from './change.ts'
import { Journal } from './journal.ts'
import { type Position, positionText } from './position.ts'
import { FED_TOPICS, placedTopics } from './topics.ts'

export interface NewChange {
  readonly class: TopicClass
  readonly slot: string
  readonly timestamp: number
  readonly wire: WireChange
}

const FED = new Map(FED_TOPICS.map((fed) => [fed.topic, fed]))
/** Series of gauges that are remembered; beyond that the one that was longest without a value is forgotten. */
const MOST_SLOTS = 50_000

/**
 * What a channel knows: the newest value of each gauge, the present alerts, the newest events, and its place in the stream. Pure: records come
 * in, changes go out.
 */
export class ChannelFeed {
  readonly name: ChannelName
  readonly journal: Journal
  readonly #topics: readonly string[]
  readonly #present = new Map<string, Change>()
  /** Newest events of a topic that is not keyed, oldest first. */
  readonly #recent = new Map<string, Change[]>()
  /** Alerts that were told without a record, because who may see them has changed, until one comes; by slot. */
  readonly #restated = new Map<string, Change>()
  #seq = 0
  /** Series that were forgotten because there were too many. */
  forgotten = 0

  constructor(name: ChannelName, journal = new Journal()) {
    this.name = name
    this.journal = journal
    this.#topics = placedTopics(name)
  }

  /** Of the change taken in last. */
  get seq(): number {
    return this.#seq
  }

  /** @returns the change, with its place in the channel */
  add({ class: kind, slot, timestamp, wire }: NewChange): Change {
    const change = makeChange(++this.#seq, kind, slot, timestamp, wire)
    if (kind !== 'gauge') {
      this.journal.add(change)
      if (wire.offset < 0) this.#restated.set(slot, change)
      else this.#restated.delete(slot)
    }
    const fed = FED.get(wire.topic)
    if (fed && !fed.keyed) this.#keepRecent(wire.topic, change, fed.shown ?? 0)
    else this.#keepPresent(slot, change)
    return change
  }

  #keepPresent(slot: string, change: Change): void {
    // To the end, so that the first in the map is the one longest without a value.
    this.#present.delete(slot)
    // A gauge that is gone is remembered for a while, for those who still show it.
    if (change.wire.value === null && change.class !== 'gauge') return
    this.#present.set(slot, change)
    if (this.#present.size <= MOST_SLOTS) return
    for (const [oldest, { class: kind }] of this.#present) {
      if (kind !== 'gauge') continue
      this.#present.delete(oldest)
      this.forgotten++
      return
    }
  }

  #keepRecent(topic: string, change: Change, most: number): void {
    const recent = this.#recent.get(topic) ?? []
    this.#recent.set(topic, recent)
    recent.push(change)
    if (recent.length > most * 2) recent.splice(0, recent.length - most)
  }

  /** What somebody who knows nothing is to be told, in order. */
  snapshot(): Change[] {
    const present = [...this.#present.values()].filter(({ wire }) => wire.value !== null)
    const recent = [...this.#recent].flatMap(([topic, changes]) => changes.slice(-(FED.get(topic)?.shown ?? 0)))
    return [...present, ...recent].sort((a, b) => a.seq - b.seq)
  }

  /** What came after change `seq`, gauges coalesced; undefined when some of it must be asked of the bus. */
  after(seq: number): { changes: Change[]; coalesced: number } | undefined {
    const whole = this.journal.after(seq)
    if (!whole) return undefined
    const gauges = [...this.#present.values()].filter((change) => change.class === 'gauge' && change.seq > seq)
    const changes = [...whole, ...gauges].sort((a, b) => a.seq - b.seq)
    return { changes, coalesced: this.#seq - seq - changes.length }
  }

  /** Gauges with a newer value than that position, and those without a place: what makes a state of then one of now. */
  gaugesSince(position: Position): Change[] {
    return [...this.#present.values()].filter(({ class: kind, wire }) => {
      if (kind !== 'gauge') return false
      if (wire.offset < 0) return true
      return wire.offset >= (position.get(wire.topic)?.[wire.partition] ?? 0)
    })
  }

  /** Alerts as they stand that no record tells so: whoever comes back is told them again. */
  restated(): Change[] {
    return [...this.#restated.values()]
  }

  /** Whether there is a present state in a slot. */
  shows(slot: string): boolean {
    return this.#present.has(slot)
  }

  /** The present states of a topic, or its newest records. */
  of(topic: string): Change[] {
    const fed = FED.get(topic)
    if (fed && !fed.keyed) return (this.#recent.get(topic) ?? []).slice(-(fed.shown ?? 0))
    return [...this.#present.values()].filter(({ wire }) => wire.topic === topic && wire.value !== null)
  }

  /** The text of a position, of this channel's topics. */
  text(position: Position): string {
    return positionText(position, this.#topics)
  }
}

/** Whether compaction may remove records of a topic without loss of the present state. */
export function isCompacted(topic: string): boolean {
  return topicSpec(topic)?.config['cleanup.policy'] === 'compact'
}
