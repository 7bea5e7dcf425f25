import { activityMatcher, named } from '../activity-pattern.ts'
import type { CheckedStep, OpenCheck } from '../check.ts'
import type { RuleOf } from '../rule-schema.ts'

/** The activity must not be. */
export function absence({ activity }: RuleOf<'absence'>): OpenCheck {
  const matches = activityMatcher(activity)
  return () => ({
    step: (step) =>
      matches(step.event.activity)
        ? { time: step.time, summary: `"${step.event.activity}" was done, which must not be`, witnesses: [step] }
        : undefined,
  })
}

/** The activity is done once, not twice, and not left out. */
export function exactlyOnce({ activity }: RuleOf<'exactly_once'>): OpenCheck {
  const matches = activityMatcher(activity)
  return () => {
    let first: CheckedStep | undefined
    let last: CheckedStep | undefined
    let n = 0
    return {
      step(step) {
        last = step
        if (!matches(step.event.activity)) return undefined
        n++
        if (!first) {
          first = step
          return undefined
        }
        const summary = `"${step.event.activity}" was done ${n} times, once is right`
        return { time: step.time, summary, witnesses: [first, step], observed: n, expectedLow: 1, expectedHigh: 1, unit: 'times' }
      },
      end: (time) =>
        first
          ? undefined
          : {
              time,
              summary: `${named(activity)} was left out`,
              witnesses: last ? [last] : [],
              observed: 0,
              expectedLow: 1,
              expectedHigh: 1,
              unit: 'times',
            },
    }
  }
}
