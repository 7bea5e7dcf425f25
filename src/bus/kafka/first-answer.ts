import type { Clock } from '../../base/clock.ts'
import { BrokerLost } from './failures.ts'

/** A broker that does not answer keeps us from asking the next one for no longer than this, ms. */
const STAGGER_MS = 400

/**
 * The first success. A lost broker, or silence for a moment, starts the next attempt; any other failure ends it all.
 * @param explain makes the error out of all losses when every attempt has failed
 */
export async function firstAnswer<T>(
  attempts: ReadonlyArray<() => Promise<T>>,
  clock: Clock,
  explain: (losses: readonly BrokerLost[]) => Error,
): Promise<T> {
  const decided = new AbortController()
  try {
    return await new Promise<T>((resolve, reject) => {
      const losses: BrokerLost[] = []
      const waiting = [...attempts]
      const lost = (error: unknown) => {
        if (!(error instanceof BrokerLost)) return reject(error)
        losses.push(error)
        if (losses.length === attempts.length) reject(explain(losses))
        else next()
      }
      const next = () => {
        const attempt = waiting.shift()
        if (!attempt || decided.signal.aborted) return
        attempt().then(resolve, lost)
        void clock.sleep(STAGGER_MS, decided.signal).then(next)
      }
      if (attempts.length === 0) reject(explain(losses))
      next()
    })
  } finally {
    decided.abort()
  }
}
