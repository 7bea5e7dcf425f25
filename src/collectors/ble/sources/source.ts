import type { Clock } from '../../../base/clock.ts'
import type { Logger } from '../../../base/log.ts'
import type { Metrics } from '../../metrics.ts'
import type { Advertisement } from '../advertisement.ts'

/**
 * Where advertisements come from: a radio, a capture, a broker. Batches in the order heard, never empty; taking the next one says that
 * the last one has been dealt with. A source ends when its input ends or the signal aborts, and lets go of its device then; opened and never
 * read, it holds the device until the signal aborts. Input that
 * cannot be used is counted and sampled to the log; a source throws only what its user has to act on.
 */
export type AdvertisementSource = AsyncIterable<readonly Advertisement[]>

/** What every source is given. */
export interface SourceContext {
  signal: AbortSignal
  clock: Clock
  logger: Logger
  /** Counts `malformed` (input of no use), `dropped` (heard while the reader was too slow; the oldest go) and `radio_restarts`. */
  metrics: Metrics
  /** Which receiver (room) it is, where the input does not say. */
  receiver: string
}
