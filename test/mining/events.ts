import type { WorkflowEvent } from '../../src/events/event-types.ts'

/** An event of a test; `minute` counts from 2026-03-02T09:00Z, a Monday. */
export function at(minute: number, case_id: string, activity: string, more: Partial<WorkflowEvent> = {}): WorkflowEvent {
  const event_time = new Date(Date.UTC(2026, 2, 2, 9) + minute * 60_000).toISOString()
  return { event_time, case_id, activity, lifecycle: 'completed', ...more }
}
