import { hasCode } from '../../../base/errors.ts'
import type { LibrenmsDoorbell } from '../../../events/index.ts'
import type { LibrenmsConfig } from '../config.ts'
import type { DeviceTask, SyncState } from './sync-state.ts'

/** The alerts, which are read for all devices at once. */
const ALERTS = 0

/** What a ring asks for, beside what it changes in the state. */
export interface Asked {
  /** A device to look at, 0 for the alerts. */
  look?: number
  /** The logs have something new. */
  tail?: boolean
}

/**
 * Rings on `librenms_doorbell` from now on, until the signal aborts. One that came before is older than the sync's own first look. Where there is
 * no such topic nobody rings.
 */
export async function listen(
  { bus, instance }: Pick<LibrenmsConfig, 'bus' | 'instance'>,
  signal: AbortSignal,
  rang: (ring: LibrenmsDoorbell) => void,
): Promise<void> {
  const topic = 'librenms_doorbell'
  const ends = await bus.offsets(topic).catch((error: unknown) => {
    if (hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) return []
    throw error
  })
  const partitions = ends.map(({ partition, latest }) => ({ partition, from: latest }))
  if (partitions.length === 0) return
  for await (const batch of bus.read({ topic, partitions, follow: true, signal })) {
    for (const { value } of batch) {
      const ring = ringOf(value)
      if (ring && ring.instance === instance) rang(ring)
    }
  }
}

/** Note in the state what a ring is about, as the row of a log would. */
export function noteRing(state: SyncState, ring: LibrenmsDoorbell): Asked {
  const { about, device_id: device, change } = ring
  if (about === 'alert' || about === 'alertlog') {
    state.alertsPending = true
    return { look: ALERTS, tail: true }
  }
  if (about === 'eventlog') return { tail: true }
  if (about === 'everything') {
    state.resync = true
    return { tail: true }
  }
  if (device <= 0 || (about === 'device' && change === 'deleted')) {
    state.devicesPending = true
    return { tail: true }
  }
  const task = taskOf(ring)
  if (!task) return {}
  state.pending[device] = { ...state.pending[device], ...task, ...sensorsOf(state.pending[device], task) }
  return { look: device }
}

/** Several sensors of a device cannot be read in one request: the sweep of all sensors finds them. */
function taskOf({ about, reference, event_type: sensorClass }: LibrenmsDoorbell): DeviceTask | undefined {
  if (about === 'port') return { ports: true }
  if (about === 'device') return { device: true }
  const id = Number(reference)
  return sensorClass !== undefined && id > 0 ? { sensors: [[sensorClass, id]] } : undefined
}

function sensorsOf(before: DeviceTask | undefined, { sensors = [] }: DeviceTask): DeviceTask {
  const all = new Map([...(before?.sensors ?? []), ...sensors].map((sensor) => [sensor[1], sensor]))
  return all.size > 0 ? { sensors: [...all.values()] } : {}
}

function ringOf(value: Buffer | null): LibrenmsDoorbell | undefined {
  try {
    const ring = JSON.parse(value?.toString() ?? 'null') as LibrenmsDoorbell | null
    return typeof ring?.about === 'string' && Number.isSafeInteger(ring.device_id) ? ring : undefined
  } catch {
    return undefined
  }
}
