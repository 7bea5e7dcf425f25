import { activityMatcher } from '../activity-pattern.ts'
import type { CheckedStep, OpenCheck } from '../check.ts'
import type { RuleOf } from '../rule-schema.ts'

/** Activities of a case that one person may not do more than one of. */
export function fourEyes({ activities }: RuleOf<'four_eyes'>): OpenCheck {
  const matchers = activities.map((activity) => activityMatcher([activity]))
  return () => {
    /** By person and place in the list, the step; a case has few. */
    const done = new Map<string, Map<number, CheckedStep>>()
    return {
      step(step) {
        const { activity, person } = step.event
        const which = matchers.findIndex((matches) => matches(activity))
        if (which < 0 || !person) return undefined
        const before = done.get(person) ?? new Map<number, CheckedStep>()
        if (done.size < MOST_PERSONS) done.set(person, before)
        const other = [...before].find(([index]) => index !== which)?.[1]
        if (!before.has(which)) before.set(which, step)
        if (!other) return undefined
        return {
          time: step.time,
          summary: `${person} did both "${other.event.activity}" and "${activity}", which takes four eyes`,
          witnesses: [other, step],
        }
      },
    }
  }
}

/** Persons of one case that are remembered. */
const MOST_PERSONS = 64
