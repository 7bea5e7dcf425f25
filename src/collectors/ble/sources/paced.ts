import type { Clock } from '../../../base/clock.ts'
import { Pacer } from '../../../bus/ops/pacer.ts'
import type { Advertisement } from '../advertisement.ts'
import type { AdvertisementSource } from './source.ts'

/**
 * A recording at the pace in which it was heard, times `speed`. Advertisements keep their own times: only the waiting is by the clock.
 * Ends when the signal aborts.
 */
export async function* paced(
  source: AdvertisementSource,
  speed: number,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): AsyncGenerator<readonly Advertisement[]> {
  const pacer = new Pacer({ kind: 'speed', factor: speed }, clock)
  for await (const batch of source) {
    let from = 0
    for (const [i, { timestamp }] of batch.entries()) {
      const wait = pacer.wait(timestamp)
      if (wait === 0) continue
      if (i > from) yield batch.slice(from, i)
      from = i
      await clock.sleep(wait, signal)
      if (signal.aborted) return
    }
    if (from < batch.length) yield batch.slice(from)
  }
}
