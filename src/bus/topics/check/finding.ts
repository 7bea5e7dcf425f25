/** `error`: records cannot be written, read or may be lost now; `warning`: the next failure would do that; `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note'

export interface Finding {
  /** Stable, for scripts. */
  code: string
  severity: Severity
  /** A topic, `broker 3`, `group g`, `cluster`. */
  subject: string
  message: string
  /** What to type or change; null where only waiting helps. */
  fix: string | null
}

/** A finding code with its severity: a curried maker, so that each check names its own once. */
export const finding =
  (code: string, severity: Severity) =>
  (subject: string, message: string, fix: string | null = null): Finding => ({ code, severity, subject, message, fix })

/** `partition 3`, `partitions 0, 1, 2 and 5 more`. */
export function partitionsText(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 5).join(', ')
  return `partition${numbers.length === 1 ? '' : 's'} ${shown}${numbers.length > 5 ? ` and ${numbers.length - 5} more` : ''}`
}
