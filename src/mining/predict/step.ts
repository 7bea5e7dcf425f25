import type { WorkflowEvent } from '../../events/event-types.ts'

/** What a prediction knows of an event. */
export interface Step {
  /** The activity; with what happened to it where that is not its completion: `approve invoice (started)`. */
  readonly activity: string
  /** ms since 1970 */
  readonly time: number
  readonly person: string
  readonly team: string
  /** NaN where there is none. */
  readonly amount: number
}

/** The event as a step of its case; undefined for `due`, which tells of a deadline and not of work. */
export function stepOf({ activity, lifecycle, event_time, person, team, amount }: WorkflowEvent): Step | undefined {
  if (lifecycle === 'due') return undefined
  return {
    activity: lifecycle === 'completed' ? activity : `${activity} (${lifecycle})`,
    time: Date.parse(event_time),
    person: person ?? '',
    team: team ?? '',
    amount: amount ?? Number.NaN,
  }
}

/**
 * The deadline of a case, ms since 1970, as an event tells it: of the case itself, else of the activity that it says is due. Undefined where it tells
 * none.
 */
export function deadlineOf({ case_due_at, due_at }: WorkflowEvent): number | undefined {
  const text = case_due_at ?? due_at
  return text ? Date.parse(text) : undefined
}
