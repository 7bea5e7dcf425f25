import type { Bus, OutRecord, RecordBatch, TakenOver } from '../../../bus/bus.ts'
import { readStanding } from '../../../bus/ops/read-standing.ts'
import { toEventTime, toRecord } from '../../../events/index.ts'
import type { LogState } from './log-tail.ts'

/** What is still to be read of a device after its events. */
export interface DeviceTask {
  device?: boolean
  ports?: boolean
  /** Class and id of sensors. */
  sensors?: Array<[sensorClass: string, id: number]>
}

/** What `librenms status` shows of one kind of sweep. */
export interface SweepReport {
  /** When it ended, RFC 3339. */
  at: string
  rows: number
  took_ms: number
}

/** How far the sync has come, as it stands on the bus. */
export interface SyncState {
  /** Databases met so far, less one: ids are unique within each. */
  epoch: number
  eventlog: LogState | null
  alertlog: LogState | null
  /** By device id. */
  pending: Record<string, DeviceTask>
  alertsPending: boolean
  /** The list of devices is to be read soon: one is said to be gone. */
  devicesPending: boolean
  /** Everything is to be read anew: a log had lost rows. */
  resync: boolean
  /** `device:rule` to the id in the alert log that opened its present incident; the latest {@link MOST_OPENINGS}. */
  openings: Record<string, number>
  sweeps: Record<string, SweepReport>
  /** Deletions refused last. */
  refused: string | null
  version: string | null
  circuit: string
  requests: { requests: number; retries: number; failures: number }
}

const MOST_OPENINGS = 2_000

export const freshState = (): SyncState => ({
  epoch: 0,
  eventlog: null,
  alertlog: null,
  pending: {},
  alertsPending: false,
  devicesPending: false,
  resync: false,
  openings: {},
  sweeps: {},
  refused: null,
  version: null,
  circuit: 'closed',
  requests: { requests: 0, retries: 0, failures: 0 },
})

const TOPIC = 'librenms_state'
const SCOPE = 'sync'

/** The state's record, to be written in one transaction with what it counts as read. */
export function stateRecord(state: SyncState, instance: string | undefined, now: number, source: string): OutRecord {
  for (const key of Object.keys(state.openings).slice(0, -MOST_OPENINGS)) delete state.openings[key]
  const event = { event_time: toEventTime(now), ...(instance !== undefined && { instance }), scope: SCOPE, state: { ...state } }
  return toRecord(TOPIC, event, { source })
}

/** The last state that was written by whoever it is taken over from; a fresh one where there is none. */
export async function takeState(bus: Pick<Bus, 'read'>, taken: TakenOver, instance: string | undefined): Promise<SyncState> {
  const states = await statesIn(readStanding(bus, TOPIC, taken))
  return { ...freshState(), ...states.get(instance ?? '') }
}

type States = Map<string, SyncState & { written: string }>

/** Of every instance, `''` for one without a name. */
export async function loadStates(bus: Pick<Bus, 'read' | 'offsets'>): Promise<States> {
  const partitions = (await bus.offsets(TOPIC)).map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
  return statesIn(bus.read({ topic: TOPIC, partitions }))
}

async function statesIn(batches: AsyncIterable<RecordBatch>): Promise<States> {
  const states: States = new Map()
  for await (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      const value = batch.value(i)?.toString('utf8')
      if (value === undefined) continue
      const { instance = '', scope, state, event_time: written } = JSON.parse(value)
      if (scope === SCOPE) states.set(instance, { ...freshState(), ...state, written })
    }
  }
  return states
}
