import { type Clock, systemClock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../bus.ts'
import { Forwarder } from './forwarder.ts'
import type { SpoolLimits } from './limits.ts'
import { SpoolingBus } from './spooling-bus.ts'
import { SpoolStore } from './store.ts'

export interface SpoolOptions {
  /** Of the target, as it shows. */
  url: string
  /** Folder of the spool: one for each collector. */
  directory: string
  limits: SpoolLimits
  /** Opens the target anew; rejects while it is away. */
  openTarget(): Promise<Bus>
  clock?: Clock
  logger: Logger
}

/**
 * A bus that keeps what is written in a spool while its target is away.
 * @throws what opening the spool does, and what says that the target can never be reached as it is named (its URL, its credentials)
 */
export async function openSpoolingBus({
  url,
  directory,
  limits,
  openTarget,
  clock = systemClock,
  logger,
}: SpoolOptions): Promise<SpoolingBus> {
  const store = await SpoolStore.open(directory, { clock, logger, limits })
  const forwarder = new Forwarder({ store, openTarget, clock, logger })
  try {
    await forwarder.start()
  } catch (error) {
    await store.close()
    throw error
  }
  return new SpoolingBus({ url, store, forwarder, clock, limits, logger })
}
