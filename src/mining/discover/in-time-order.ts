import type { WorkflowEvent } from '../../events/event-types.ts'

/**
 * Events in order of their time; those of one time in the order in which they come, so that the same input always gives the same. A file that holds
 * case after case has to be sorted for all that compares cases: batches, day loads, deadlines.
 */
export async function inTimeOrder(events: AsyncIterable<WorkflowEvent> | Iterable<WorkflowEvent>): Promise<WorkflowEvent[]> {
  const all: WorkflowEvent[] = []
  for await (const event of events) all.push(event)
  // event_time has one form (events/fields.ts), in which the order of texts is the order of times; sort is stable.
  return all.sort((a, b) => (a.event_time < b.event_time ? -1 : a.event_time > b.event_time ? 1 : 0))
}
