import { roundTo } from './round.ts'

/** Milliseconds of each unit. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/y

/** What a duration may look like, for error messages. */
export const DURATION_FORMS = '500ms, 90s, 15m, 1h30m, 2d or 1w'

/** A duration such as `15m`, `1h30m` or `1.5h` in milliseconds; undefined when it is none (a number without a unit is none). */
export function parseDuration(text: string): number | undefined {
  let total = 0
  PART.lastIndex = 0
  let end = 0
  while (end < text.length) {
    const match = PART.exec(text)
    if (!match) return undefined
    total += Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN)
    end = PART.lastIndex
  }
  return text === '' ? undefined : Math.round(total)
}

/** A duration for a person: the two largest units that say something, `2d 3h`, `1m 5s`, `340ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`
  if (ms < 10_000) return `${roundTo(ms / 1_000, 1)}s`
  let rest = Math.round(ms / 1_000) * 1_000
  const parts: string[] = []
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNITS[unit] ?? 1
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
    else if (parts.length > 0) break
  }
  return parts.slice(0, 2).join(' ')
}
