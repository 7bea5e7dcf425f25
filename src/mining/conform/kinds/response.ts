import { formatDuration } from '../../../base/duration.ts'
import { activityMatcher, named } from '../activity-pattern.ts'
import type { CheckedStep, OpenCheck } from '../check.ts'
import type { Finding } from '../finding.ts'
import type { RuleOf } from '../rule-schema.ts'

/**
 * After the activity another one follows, within a time where one is given. The earliest that waits is the one that is judged: what follows
 * answers all that wait.
 */
export function response({ activity, followed_by, within }: RuleOf<'response'>): OpenCheck {
  const [asks, answers] = [activityMatcher(activity), activityMatcher(followed_by)]
  const limit = within === undefined ? '' : ` within ${formatDuration(within)}`
  return () => {
    let waiting: CheckedStep | undefined
    let told = false
    const late = (since: CheckedStep, time: number, more: string, witnesses: CheckedStep[], took?: number): Finding => ({
      time,
      summary: `"${since.event.activity}" was not followed by ${named(followed_by)}${limit}${more}`,
      witnesses: [since, ...witnesses],
      ...(took !== undefined && { observed: took / 1000 }),
      ...(within !== undefined && { expectedHigh: within / 1000, unit: 's' }),
    })
    return {
      step(step) {
        const since = waiting
        let found: Finding | undefined
        if (since && answers(step.event.activity)) {
          const took = step.time - since.time
          if (!told && within !== undefined && took > within)
            found = late(since, since.time + within, `, but after ${formatDuration(took)}`, [step], took)
          waiting = undefined
        }
        if (!waiting && asks(step.event.activity)) {
          waiting = step
          told = false
        }
        return found
      },
      due: () => (waiting && !told && within !== undefined ? waiting.time + within : undefined),
      overdue() {
        if (!waiting) return undefined
        told = true
        return late(waiting, waiting.time + (within ?? 0), '', [])
      },
      end: (time) => (waiting && !told ? late(waiting, time, ' before the case ended', []) : undefined),
    }
  }
}
