/** Whether an activity is one of those named; `*` stands for any text. Answers are kept: there are few activities and many events. */
export function activityMatcher(patterns: readonly string[]): (activity: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')))
  const wild = patterns.filter((pattern) => pattern.includes('*')).map(regexOf)
  if (wild.length === 0) return (activity) => exact.has(activity)
  const known = new Map<string, boolean>()
  return (activity) => {
    let answer = known.get(activity)
    if (answer === undefined) {
      answer = exact.has(activity) || wild.some((regex) => regex.test(activity))
      if (known.size < KEPT) known.set(activity, answer)
    }
    return answer
  }
}

const KEPT = 10_000

const regexOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  )

/** Patterns for a sentence: `approve` or `pay*`. */
export const named = (patterns: readonly string[]): string => patterns.map((pattern) => `"${pattern}"`).join(' or ')
