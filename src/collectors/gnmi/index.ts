import { setMaxListeners } from 'node:events'
import type { CollectorContext } from '../collector.ts'
import type { GnmiConfig } from './config.ts'
import { BusOutlet, type Normalising } from './outlets/bus-outlet.ts'
import { collect } from './stream/collect.ts'

/** Collects from every target: notifications on `device_telemetry`, normalised samples on `device_metrics`. */
export async function runGnmi(context: CollectorContext<GnmiConfig & { normaliser: () => Normalising }>): Promise<void> {
  setMaxListeners(0, context.signal)
  await collect({ ...context, targets: context.config.targets, outlet: new BusOutlet(context, context.config.normaliser) })
}
