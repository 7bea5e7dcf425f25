import type { WorkflowEvent } from '../../../events/event-types.ts'
import { toEventTime } from '../../../events/index.ts'

/** The event with all of its own times moved by so many ms; times in attributes stay as the source has them. */
export function shifted(event: WorkflowEvent, ms: number): WorkflowEvent {
  if (ms === 0) return event
  const moved = (time: string) => toEventTime(Date.parse(time) + ms)
  return {
    ...event,
    event_time: moved(event.event_time),
    ...(event.due_at && { due_at: moved(event.due_at) }),
    ...(event.case_due_at && { case_due_at: moved(event.case_due_at) }),
  }
}
