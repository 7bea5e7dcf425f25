/** A stretch of time in which something was wrong. Times in ms since the epoch. */
export interface LabelledWindow {
  /** Which insight should have noticed; any, when absent. */
  readonly insight?: string
  /** About what, `*` for any characters; anything, when absent. */
  readonly subject?: string
  readonly start: number
  readonly end: number
  /** When it did harm: an alert before that was early. The end of the window when absent. */
  readonly harm?: number
}

export interface FiredAlert {
  readonly insight: string
  readonly subject: string
  readonly firedAt: number
  readonly resolvedAt?: number
}

export interface JudgeOptions {
  /** An alert counts that fires so long before a window, or after it, ms. */
  readonly before: number
  readonly after: number
}

export interface WindowVerdict {
  readonly window: LabelledWindow
  /** The first that fired in it; absent: missed. */
  readonly alert?: FiredAlert
  /** How long before the harm it fired, ms; negative: after it. */
  readonly lead?: number
}

export interface Verdict {
  readonly windows: readonly WindowVerdict[]
  readonly right: readonly FiredAlert[]
  /** Alerts that no window explains. */
  readonly wrong: readonly FiredAlert[]
  /** Share of the alerts that were right, and of the windows that were noticed; null where there is none to share. */
  readonly precision: number | null
  readonly recall: number | null
  /** Median over the windows that were noticed, ms. */
  readonly lead: number | null
}

/** What was raised, against what was the case. Alerts and windows count each for itself: a second alert in a window is right, and finds nothing new. */
export function judge(windows: readonly LabelledWindow[], alerts: readonly FiredAlert[], { before, after }: JudgeOptions): Verdict {
  const fits = (window: LabelledWindow, { insight, subject, firedAt }: FiredAlert) =>
    (window.insight === undefined || window.insight === insight) &&
    (window.subject === undefined || isLike(window.subject, subject)) &&
    firedAt >= window.start - before &&
    firedAt <= window.end + after
  const verdicts = windows.map((window): WindowVerdict => {
    const [alert] = alerts.filter((each) => fits(window, each)).sort((a, b) => a.firedAt - b.firedAt)
    return alert ? { window, alert, lead: (window.harm ?? window.end) - alert.firedAt } : { window }
  })
  const right = alerts.filter((alert) => windows.some((window) => fits(window, alert)))
  const wrong = alerts.filter((alert) => !right.includes(alert))
  const noticed = verdicts.flatMap(({ lead }) => (lead === undefined ? [] : [lead]))
  return {
    ...{ windows: verdicts, right, wrong },
    precision: alerts.length === 0 ? null : right.length / alerts.length,
    recall: windows.length === 0 ? null : noticed.length / windows.length,
    lead: median(noticed),
  }
}

function isLike(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text)
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return null
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
