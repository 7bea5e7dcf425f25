import { setMaxListeners } from 'node:events'
import type { CollectorContext } from '../collector.ts'
import type { GnmiConfig } from './config.ts'
import { compileMappings } from './normalise/built-in-mappings.ts'
import { BusOutlet } from './outlets/bus-outlet.ts'
import { collect } from './stream/collect.ts'

/** Collects from every target: notifications on `device_telemetry`, normalised samples on `device_metrics`. */
export async function runGnmi(context: CollectorContext<GnmiConfig>): Promise<void> {
  setMaxListeners(0, context.signal)
  const outlet = new BusOutlet(context, await compileMappings())
  await collect({ ...context, ...context.config, outlet })
}
