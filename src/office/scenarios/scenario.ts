import type { TopicName } from '../../events/event-types.ts'

/** A record of a scenario, without a bus: topic, event time (ms since the epoch) and value; `key` where it deletes one. */
export interface ScenarioRecord {
  topic: TopicName
  time: number
  key?: string
  value: Record<string, unknown> | null
}

/** A stretch of an office day in which something happens that one insight must notice, or that looks like it and must not be noticed. */
export interface Scenario {
  name: string
  /** Insight that it is for. */
  insight: string
  /** The subject of its alert; absent: no insight may fire. */
  fires?: string
  /** One line. */
  about: string
  /** Length, minutes. */
  minutes: number
  records(seed: number): ScenarioRecord[]
}

/** When every scenario begins: a Tuesday at month end, 9:00 UTC. */
export const OPENED_AT = Date.UTC(2026, 2, 31, 9)
export const MINUTE = 60_000
