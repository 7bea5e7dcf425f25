import type { Rule } from '../query/rule.ts'

export type Severity = 'critical' | 'warning' | 'info'

/** When the rows of an insight become an alert, and what it says; durations in ms of event time, as Prometheus means them. */
export interface AlertPolicy {
  severity: Severity
  /** Who is told: finance sees teams and workflow, operations devices and links. */
  channel: 'finance' | 'operations'
  /** The condition must hold for so long before the alert fires. */
  for: number
  /** Once firing, it goes on for so long after the condition ceased; a condition that comes back in the meantime is the same alert. */
  keepFiringFor: number
  /** One sentence for a person; `{key}`, `{input}` and `{input%}` stand for the subject and values of the row. */
  summary: string
  /** What to do about it. */
  advice: string
}

/** A question asked of the stream all the time, and what to make of the answer. */
export interface Insight {
  rule: Rule
  /** The input whose value is the one observed, its unit, and where the expected band ends. */
  observed: { input: string; unit: string; expectedLow?: number; expectedHigh?: number }
  alert: AlertPolicy
}
