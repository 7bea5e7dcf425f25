import { paint } from './color.ts'
import type { CheckResult } from './doctor.ts'

const MARK = {
  ok: (text: string) => paint.good(text),
  warning: (text: string) => paint.warn(text),
  failed: (text: string) => paint.error(text),
}

/** A line a check, the state in words; what to do next below it; and a last line that sums up. */
export function formatChecks(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map((result) => result.name.length))
  const lines = results.flatMap(({ name, status, detail, next }) => [
    `${MARK[status](status.padEnd(7))}  ${name.padEnd(width)}  ${detail}`,
    ...(next === undefined ? [] : [`${' '.repeat(width + 11)}Next: ${next}`]),
  ])
  const count = (status: string) => results.filter((result) => result.status === status).length
  const warnings = count('warning')
  return [...lines, `${count('ok')} ok, ${warnings} warning${warnings === 1 ? '' : 's'}, ${count('failed')} failed`].join('\n')
}
