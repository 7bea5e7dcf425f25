import { activityMatcher } from '../activity-pattern.ts'
import type { OpenCheck } from '../check.ts'
import type { RuleOf } from '../rule-schema.ts'

/** Who may approve up to which amount; an approver in several limits has the highest, one in none may approve nothing. */
export function approvalLimit({ activity, limits }: RuleOf<'approval_limit'>): OpenCheck {
  const matches = activityMatcher(activity)
  const limitOf = (person: string | null | undefined, team: string | null | undefined): number | undefined => {
    const found = limits
      .filter(({ persons, teams }) => (person && persons.includes(person)) || (team && teams.includes(team)))
      .map(({ up_to }) => up_to ?? Number.POSITIVE_INFINITY)
    return found.length > 0 ? Math.max(...found) : undefined
  }
  return () => ({
    step(step) {
      const { event, time, amount } = step
      if (!matches(event.activity) || amount === undefined) return undefined
      const limit = limitOf(event.person, event.team)
      if (limit !== undefined && amount <= limit) return undefined
      const who = event.person ?? event.team ?? 'somebody unknown'
      const money = (n: number) => `${n}${event.currency ? ` ${event.currency}` : ''}`
      return {
        time,
        summary:
          limit === undefined
            ? `${who} did "${event.activity}" for ${money(amount)} and has no limit that allows any amount`
            : `${who} did "${event.activity}" for ${money(amount)}; the limit is ${money(limit)}`,
        witnesses: [step],
        observed: amount,
        ...(limit !== undefined && { expectedHigh: limit }),
        unit: event.currency ?? 'amount',
      }
    },
  })
}
