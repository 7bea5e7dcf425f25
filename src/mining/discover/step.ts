import type { WorkflowEvent } from '../../events/event-types.ts'

/** What discovery needs of an event. */
export interface Step {
  /** ms since the epoch */
  time: number
  caseId: string
  activity: string
  lifecycle: WorkflowEvent['lifecycle']
  person: string | undefined
  team: string | undefined
}

/** Ids of cases of several processes may be the same; `\0` stands in neither. */
export function stepOf(event: WorkflowEvent): Step {
  const { case_id, process, activity, lifecycle, person, team } = event
  return {
    time: Date.parse(event.event_time),
    caseId: process === undefined ? case_id : `${process}\0${case_id}`,
    activity,
    lifecycle,
    person: person ?? undefined,
    team: team ?? undefined,
  }
}
