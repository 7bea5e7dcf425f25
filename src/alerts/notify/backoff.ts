import { createHash } from 'node:crypto'

const FIRST = 1_000
const LONGEST = 300_000

/**
 * How long to wait after a call that failed, ms: doubled each time up to five minutes, less up to a quarter, so that not all come at once. What
 * is taken off depends on the notification alone: a notifier that was killed goes on as if it had not been.
 *
 * @param attempts that failed so far, from 1
 * @param askedFor what the receiver asks for (Retry-After), ms; followed up to an hour
 */
export function backoff(key: string, attempts: number, askedFor?: number): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(attempts - 1, 20))
  const part = createHash('sha256').update(`${key}/${attempts}`).digest().readUInt16BE(0) / 65_536
  const own = Math.round(full * (1 - part / 4))
  return askedFor === undefined ? own : Math.max(own, Math.min(askedFor, 3_600_000))
}
