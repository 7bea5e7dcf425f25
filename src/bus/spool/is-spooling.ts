import type { Bus } from '../bus.ts'
import type { SpoolingBus } from './spooling-bus.ts'

/** A bus with a spool: it can say where that stands. Apart from it, so that asking loads nothing. */
export const isSpooling = (bus: Bus | undefined): bus is SpoolingBus => bus !== undefined && 'stats' in bus
