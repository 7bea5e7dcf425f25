import { formatDuration } from '../../../base/duration.ts'
import { activityMatcher, named } from '../activity-pattern.ts'
import type { CheckedStep, OpenCheck } from '../check.ts'
import type { RuleOf } from '../rule-schema.ts'

/** The activity comes only after another one, no longer ago than a time where one is given. */
export function precedence({ activity, after, within }: RuleOf<'precedence'>): OpenCheck {
  const [needs, allows] = [activityMatcher(activity), activityMatcher(after)]
  return () => {
    let allowed: CheckedStep | undefined
    return {
      step(step) {
        const { event, time } = step
        const before = allowed
        if (allows(event.activity)) allowed = step
        if (!needs(event.activity)) return undefined
        if (!before) return { time, summary: `"${event.activity}" was done without ${named(after)} before it`, witnesses: [step] }
        const ago = time - before.time
        if (within === undefined || ago <= within) return undefined
        return {
          time,
          summary: `"${event.activity}" was done ${formatDuration(ago)} after "${before.event.activity}"; at most ${formatDuration(within)} are allowed`,
          witnesses: [before, step],
          observed: ago / 1000,
          expectedHigh: within / 1000,
          unit: 's',
        }
      },
    }
  }
}
