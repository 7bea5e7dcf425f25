import type { Insight as InsightEvent } from '../events/event-types.ts'

export const SEVERITIES = ['critical', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

export const CHANNELS = ['finance', 'operations'] as const
export type Channel = (typeof CHANNELS)[number]

/** When the rows of an insight become an alert, and what it says; durations in ms of event time, as Prometheus means them. */
export interface AlertPolicy {
  severity: Severity
  /** Who is told: finance sees teams and workflow, operations devices and links. */
  channel: Channel
  /** The condition must hold for so long before the alert fires. */
  for: number
  /** Once firing, it goes on for so long after the condition ceased; a condition that comes back in the meantime is the same alert. */
  keepFiringFor: number
  /** One sentence for a person, a template over the row (template.ts). */
  summary: string
  /** What to do about it; a template too. */
  advice: string
  /** Address of a page that says more; a template too. */
  runbook?: string
}

/** Records that a row points to: the columns that tell where one lies, and what of it to show. */
export interface EvidencePolicy {
  topic: string
  /** Columns with its partition and offset; NULL in either: no such record. */
  partition: string
  offset: string
  excerpt: string
}

/** How the columns of a row are to be read. */
export interface RowPolicy {
  /** Column with the event time of the row. */
  time: string
  /** Columns that say what it is about, joined by `/`. */
  subject: readonly string[]
  /** Boolean column: false says that the condition has ended. Absent: every row says that it holds. */
  active?: string
  /** A row stands for so long (ms of event time) unless another of its subject takes its place. */
  holds: number
  /** Columns that become labels: the same for a subject as long as its condition holds. */
  labels: readonly string[]
  /** The column that is observed, its unit, where the expected band ends, and the column that says how unusual it is (0 to 1). */
  observed: { column: string; unit: string; expectedLow?: number; expectedHigh?: number; score?: string }
  evidence: readonly EvidencePolicy[]
}

/** A question asked of the stream all the time, and what to make of the answer. */
export interface Insight {
  name: string
  /** One line. */
  title: string
  /** Paragraphs of the header: what it says and what it does not. */
  about: string
  rows: RowPolicy
  alert: AlertPolicy
  /** The file's text; its comments are those of the header and of the query. */
  sql: string
}

/** A value of a row as JSON has it: times are RFC 3339 text. */
export type Value = string | number | boolean | null

/** What an insight says about one subject at one time. */
export interface InsightRow {
  insight: string
  subject: string
  /** Event time, ms since the epoch. */
  time: number
  /** The condition holds, or has ended. */
  active: boolean
  labels: Record<string, string>
  /** The row's columns by name. */
  values: Record<string, Value>
  /** The records that it points to, where the row was read from its own record; else the columns tell. */
  evidence?: NonNullable<InsightEvent['evidence']>
}
