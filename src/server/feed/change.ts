import type { TopicClass, WireChange } from '../../live/protocol.ts'

/** One record as a channel sees it, with what the feed needs to know of it. Its text is made once, whoever gets it. */
export interface Change {
  /** Counts the changes of the channel. */
  readonly seq: number
  readonly class: TopicClass
  /** What it replaces: the topic and the key, and for a sample its series. */
  readonly slot: string
  /** Event time, ms since the epoch. */
  readonly timestamp: number
  readonly wire: WireChange
  /** `wire` as JSON. */
  readonly json: string
}

export function makeChange(seq: number, kind: TopicClass, slot: string, timestamp: number, wire: WireChange): Change {
  return { seq, class: kind, slot, timestamp, wire, json: JSON.stringify(wire) }
}

/**
 * Of each gauge the newest, the others whole, in their order.
 * @returns also how many were passed over
 */
export function coalesce(changes: readonly Change[]): { kept: Change[]; coalesced: number } {
  const newest = new Map<string, number>()
  for (const [i, change] of changes.entries()) if (change.class === 'gauge') newest.set(change.slot, i)
  const kept = changes.filter((change, i) => change.class !== 'gauge' || newest.get(change.slot) === i)
  return { kept, coalesced: changes.length - kept.length }
}
