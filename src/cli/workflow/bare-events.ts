import type { WorkflowEvent } from '../../events/event-types.ts'
import type { PlacedEvent } from '../../mining/placed-event.ts'

/** Texts that are kept to be shared. */
const MOST_SHARED = 200_000

/** Events without what mining does not look at, equal texts shared: what it takes to hold a long log in memory and sort it. */
export async function* bareEvents(events: AsyncIterable<PlacedEvent>): AsyncGenerator<PlacedEvent> {
  const known = new Map<string, string>()
  const one = (text: string): string => {
    const same = known.get(text)
    if (same === undefined && known.size < MOST_SHARED) known.set(text, text)
    return same ?? text
  }
  const textOf = (text: string | null | undefined) => (text ? one(text) : undefined)
  for await (const { event, place } of events) {
    const bare: WorkflowEvent = {
      // Times are many and seldom equal.
      event_time: event.event_time,
      case_id: one(event.case_id),
      activity: one(event.activity),
      lifecycle: event.lifecycle,
    }
    const [process, person, team] = [textOf(event.process), textOf(event.person), textOf(event.team)]
    if (process) bare.process = process
    if (person) bare.person = person
    if (team) bare.team = team
    if (event.amount != null) bare.amount = event.amount
    if (event.currency) bare.currency = one(event.currency)
    if (event.due_at) bare.due_at = event.due_at
    if (event.case_due_at) bare.case_due_at = one(event.case_due_at)
    yield { event: bare, place }
  }
}

/** All events in order of time; those of one time in the order in which they come, so that the same input always gives the same. */
export async function inTimeOrder(events: AsyncIterable<PlacedEvent>): Promise<PlacedEvent[]> {
  const all: PlacedEvent[] = []
  for await (const placed of bareEvents(events)) all.push(placed)
  // event_time has one form (events/fields.ts), in which the order of texts is the order of times; sort is stable.
  return all.sort(({ event: a }, { event: b }) => (a.event_time < b.event_time ? -1 : a.event_time > b.event_time ? 1 : 0))
}
