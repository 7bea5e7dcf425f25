import type { WorkflowEvent } from '../../events/event-types.ts'
import { LIFECYCLE } from '../../events/workflow-lifecycle.ts'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const WORDS: ReadonlySet<string> = new Set(LIFECYCLE)

/** The value of a `workflow_events` record: the event, or what keeps it from being one. Only what mining needs is checked: zod would take longer than mining. */
export function readEvent(value: Buffer | null): WorkflowEvent | string {
  if (value === null) return 'the record has no value'
  let parsed: unknown
  try {
    parsed = JSON.parse(value.toString())
  } catch {
    return 'the value is not JSON'
  }
  if (typeof parsed !== 'object' || parsed === null) return 'the value is not an object'
  const { event_time, case_id, activity, lifecycle } = parsed as Record<string, unknown>
  if (typeof event_time !== 'string' || !TIME.test(event_time) || Number.isNaN(Date.parse(event_time)))
    return 'event_time is missing or no time'
  if (typeof case_id !== 'string' || case_id === '') return 'case_id is missing'
  if (typeof activity !== 'string' || activity === '') return 'activity is missing'
  if (typeof lifecycle !== 'string' || !WORDS.has(lifecycle)) return 'lifecycle is missing or unknown'
  return parsed as WorkflowEvent
}
