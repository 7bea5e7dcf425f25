import { setMaxListeners } from 'node:events'
import type { CollectorContext } from '../collector.ts'
import type { LibrenmsConfig } from './config.ts'
import { Sync } from './sync/sync.ts'

/** Topics that the sync writes to; they must be there. */
export const LIBRENMS_TOPICS = [
  ...['librenms_devices', 'librenms_ports', 'librenms_sensors', 'librenms_inventory', 'librenms_links', 'librenms_alerts'],
  ...['librenms_events', 'librenms_state', 'device_metrics'],
  ...['librenms_devices.dlq', 'librenms_ports.dlq', 'librenms_sensors.dlq', 'librenms_inventory.dlq', 'librenms_links.dlq'],
  ...['librenms_alerts.dlq', 'librenms_events.dlq', 'device_metrics.dlq'],
]

/**
 * LibreNMS → the topics of its last states, its logs as `librenms_events`, and samples on `device_metrics`. Returns when the signal aborts, or
 * with `once` when everything has been read once.
 * Counts `published`, and by topic; `events`, `tombstones`, `targeted_reads`, `sweeps_…`, `refused_deletes`, `resets`, `purged`, `failures`,
 * `malformed`.
 * @throws LibrenmsFailure when it cannot be reached at the start, or with `once`; SHITOPS_E_LIBRENMS_FEWER; what the bus throws
 */
export async function runLibrenms(context: CollectorContext<LibrenmsConfig>): Promise<void> {
  setMaxListeners(0, context.signal)
  try {
    const sync = await Sync.open(context)
    if (context.config.once) await sync.everything()
    else await sync.run()
  } catch (error) {
    // A request that was under way ends with the signal, and that is no failure.
    if (!context.signal.aborted) throw error
  }
}

/** A sync whose time is in the hands of whoever calls it. */
export interface SteppedLibrenms {
  /** All that is due by now: the rows of the logs and what they are about, and the sweeps. @throws as {@link runLibrenms} with `once` */
  step(): Promise<void>
}

/** As {@link runLibrenms}, for a source in which time passes step by step, such as the demo's office: each step ends when it is on the bus. */
export async function openLibrenms(context: CollectorContext<LibrenmsConfig>): Promise<SteppedLibrenms> {
  setMaxListeners(0, context.signal)
  const sync = await Sync.open(context)
  return {
    step: async () => {
      await sync.follow()
      while (!context.signal.aborted && (await sync.sweep()));
    },
  }
}
