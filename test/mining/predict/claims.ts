import type { WorkflowEvent } from '../../../src/events/event-types.ts'
import { randomOf } from '../../../src/mining/predict/random.ts'

const DAY = 86_400_000
const MONDAY = Date.UTC(2026, 0, 5, 8)

/**
 * Claims: received at any hour, small ones approved within a day, of large ones a question is asked that takes three to five days; then paid on the
 * next Thursday at noon. Events in order of time.
 */
export function claims(count: number, seed = 1): WorkflowEvent[] {
  const random = randomOf(seed)
  const events: WorkflowEvent[] = []
  for (let i = 0; i < count; i++) {
    const id = `claim-${seed}-${i}`
    const large = random() < 0.4
    let time = MONDAY + i * 0.31 * DAY + random() * DAY
    const step = (activity: string) =>
      events.push({
        event_time: new Date(time).toISOString(),
        case_id: id,
        activity,
        lifecycle: 'completed',
        amount: large ? 900 : 40,
        process: 'claims',
      })
    step('receive')
    if (large) {
      time += (0.1 + random() * 0.2) * DAY
      step('ask')
      time += (3 + random() * 2) * DAY
      step('answer')
    }
    time += (0.2 + random() * 0.6) * DAY
    step('approve')
    time = nextThursdayNoon(time)
    step('pay')
  }
  return events.sort((a, b) => (a.event_time < b.event_time ? -1 : a.event_time > b.event_time ? 1 : 0))
}

function nextThursdayNoon(time: number): number {
  const day = Math.floor(time / DAY)
  // 1970-01-01 was a Thursday.
  let thursday = day - (day % 7)
  while (thursday * DAY + DAY / 2 <= time) thursday += 7
  return thursday * DAY + DAY / 2
}

/** As a source of events. */
export async function* streamed<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}
