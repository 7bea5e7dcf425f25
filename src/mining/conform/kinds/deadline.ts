import { formatDuration } from '../../../base/duration.ts'
import { activityMatcher, named } from '../activity-pattern.ts'
import type { CheckedStep, OpenCheck } from '../check.ts'
import type { Finding } from '../finding.ts'
import type { RuleOf } from '../rule-schema.ts'

/**
 * The activity is done by its due time: `within` a time of the beginning of the case, or of an activity `from`; without both the due time that events
 * carry (`due_at` of the activity, else `case_due_at`). Without an activity the case itself must have ended by then.
 */
export function deadline({ activity, within, from }: RuleOf<'deadline'>): OpenCheck {
  const isDone = activity ? activityMatcher(activity) : () => false
  const begins = from ? activityMatcher(from) : undefined
  const what = activity ? named(activity) : 'the case'
  return () => {
    let due: number | undefined
    let since: CheckedStep | undefined
    let over = false
    const late = (time: number, how: string, witnesses: CheckedStep[], took?: number): Finding => ({
      time,
      summary: `${what} ${how}; it was due at ${new Date(time).toISOString()}${within === undefined ? '' : ` (${formatDuration(within)} after ${since ? `"${since.event.activity}"` : 'the beginning'})`}`,
      witnesses: since && !witnesses.includes(since) ? [since, ...witnesses] : witnesses,
      ...(took !== undefined && { observed: took / 1000, expectedHigh: 0, unit: 's' }),
    })
    const dueOf = ({ event, time }: CheckedStep): number | undefined => {
      if (within !== undefined) return since === undefined && (!begins || begins(event.activity)) ? time + within : undefined
      const own = activity !== undefined && isDone(event.activity)
      if (event.lifecycle === 'due' && (own || !activity)) return time
      if (own && event.due_at) return Date.parse(event.due_at)
      return event.case_due_at ? Date.parse(event.case_due_at) : undefined
    }
    const learn = (step: CheckedStep): void => {
      const found = dueOf(step)
      if (found === undefined) return
      due = found
      since = step
    }
    const judge = (time: number, witnesses: CheckedStep[]): Finding | undefined => {
      if (over || due === undefined) return undefined
      over = true
      return time <= due ? undefined : late(due, `was done ${formatDuration(time - due)} late`, witnesses, time - due)
    }
    return {
      step(step) {
        learn(step)
        // Where the clock runs from an activity, that activity itself is not what is waited for.
        const isStart = within !== undefined && step === since
        return !isStart && isDone(step.event.activity) ? judge(step.time, [step]) : undefined
      },
      note: (step) => (within === undefined ? learn(step) : undefined),
      due: () => (over ? undefined : due),
      overdue() {
        over = true
        return late(due ?? 0, 'is not done', [])
      },
      end: (time) => (activity ? undefined : judge(time, [])),
    }
  }
}
