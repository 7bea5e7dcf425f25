import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Bus } from '../bus/bus.ts'
import type { Metrics } from './metrics.ts'

/** Where a collector's records go: the bus, or whatever stands in for it. Its topics exist. */
export type Sink = Pick<Bus, 'append'>

/** What every collector is given. */
export interface CollectorContext<Config> {
  config: Config
  bus: Sink
  clock: Clock
  signal: AbortSignal
  metrics: Metrics
  logger: Logger
}

/**
 * A collector runs until the signal aborts or its source ends, and returns having flushed. Bad input is counted (`malformed`), sampled to
 * the log, and kept in `<topic>.dlq` unless privacy forbids that; it is never thrown. A slow bus slows the source. test/collectors/compliance.ts
 * holds each one to this.
 */
export type Collector<Config> = (context: CollectorContext<Config>) => Promise<void>
