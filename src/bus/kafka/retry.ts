import type { Clock } from '../../base/clock.ts'
import { mayPass } from './failures.ts'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 1_000

export interface RetryOptions {
  clock: Clock
  /** How long to go on, ms; the last failure is thrown after that. */
  deadlineMs: number
  signal?: AbortSignal | undefined
  /** Called before each new attempt, with what went wrong: look up leaders again, say something. */
  between?(error: unknown): Promise<void> | void
}

/** Repeats `attempt` with growing pauses while it fails in a way that may pass. */
export async function retry<T>({ clock, deadlineMs, signal, between }: RetryOptions, attempt: () => Promise<T>): Promise<T> {
  const end = clock.now() + deadlineMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!mayPass(error) || signal?.aborted || clock.now() + pauseMs > end) throw error
      await clock.sleep(pauseMs, signal)
      await between?.(error)
    }
  }
}
