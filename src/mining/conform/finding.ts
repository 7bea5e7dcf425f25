import type { EventPlace, PlacedEvent } from '../placed-event.ts'

/** An event that shows a violation. */
export interface Witness {
  place: EventPlace
  event_time: string
  activity: string
  person: string | null
}

/** What a check found: what is wrong, in words, and what shows it. */
export interface Finding {
  /** When it was broken, ms since the epoch: the event's time, or the instant by which something should have happened. */
  time: number
  /** One sentence, with the values. */
  summary: string
  witnesses: PlacedEvent[]
  observed?: number
  expectedLow?: number
  expectedHigh?: number
  unit?: string
  /** How unusual, 0 to 1. */
  score?: number
}

export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** A rule that a case breaks. */
export interface Violation {
  rule: string
  kind: string
  severity: Severity
  case_id: string
  process: string | null
  team: string | null
  event_time: string
  summary: string
  observed: number | null
  expected_low: number | null
  expected_high: number | null
  unit: string | null
  score: number | null
  events: Witness[]
}

export function witnessOf({ event, place }: PlacedEvent): Witness {
  return { place, event_time: event.event_time, activity: event.activity, person: event.person ?? null }
}
