import { activityMatcher } from '../activity-pattern.ts'
import type { CheckedStep, OpenCheck } from '../check.ts'
import type { RuleOf } from '../rule-schema.ts'

/** Persons that are remembered over all cases, and in one case. */
const MOST_PERSONS = { cases: 50_000, case: 64 } as const

/** Duties that one person may not have together: within a case, or over all of them (`across: cases`). */
export function segregationOfDuties({ duties, across }: RuleOf<'segregation_of_duties'>): OpenCheck {
  const matchers = duties.map(activityMatcher)
  const most = MOST_PERSONS[across]
  const everywhere = new Map<string, Map<number, CheckedStep>>()
  return () => {
    const done = across === 'cases' ? everywhere : new Map<string, Map<number, CheckedStep>>()
    return {
      step(step) {
        const { activity, person } = step.event
        const duty = matchers.findIndex((matches) => matches(activity))
        if (duty < 0 || !person) return undefined
        const before = done.get(person) ?? new Map<number, CheckedStep>()
        // Put at the end again: the one that did nothing for longest is forgotten first.
        done.delete(person)
        done.set(person, before)
        if (done.size > most) done.delete(done.keys().next().value as string)
        const other = [...before].find(([index]) => index !== duty)?.[1]
        const first = !before.has(duty)
        if (first) before.set(duty, step)
        // Over all cases it is said once for each duty: a clash of duties is the person's, not each case's.
        if (!other || (across === 'cases' && !first)) return undefined
        const where = across === 'cases' ? ` (in case ${other.event.case_id})` : ''
        return {
          time: step.time,
          summary: `${person} did "${activity}" and also "${other.event.activity}"${where}: duties that are to be segregated`,
          witnesses: [other, step],
        }
      },
    }
  }
}
