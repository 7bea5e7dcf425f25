import type { Clock } from '../../base/clock.ts'
import { hasCode, messageOf } from '../../base/errors.ts'
import type { Bus } from '../../bus/bus.ts'
import type { LibrenmsApi } from '../../collectors/librenms/client/api.ts'
import { TOKEN_VARIABLE } from '../../collectors/librenms/client/token.ts'
import { type LogName, logId } from '../../collectors/librenms/decode/log-row.ts'
import { loadStates, type SyncState } from '../../collectors/librenms/sync/sync-state.ts'
import { type ApiFlags, instanceOf, openApi } from './api-connection.ts'

/** What the sync of one LibreNMS wrote last. */
export interface SavedStatus {
  instance: string | null
  written: string
  version: string | null
  /** Highest id read of each log; null before the first look. */
  cursors: Record<LogName, number | null>
  /** Devices whose events still wait for a look. */
  pending: number
  sweeps: SyncState['sweeps']
  refused: string | null
  circuit: string
  requests: SyncState['requests']
  /** Databases met so far, less one. */
  epoch: number
}

/** What LibreNMS says now. */
export interface ProbedStatus {
  url: string
  /** Absent when it was reached. */
  error?: { code: string; message: string }
  version?: string | null
  routes?: number
  remarks?: readonly string[]
  /** Rows of each log that are not read yet; null is unknown, and unknown is not 0. */
  lag?: Record<LogName, number | null>
}

export interface LibrenmsStatusReport {
  saved: SavedStatus[]
  probe: ProbedStatus | null
}

interface Context {
  bus: Bus
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  signal: AbortSignal
}

export async function librenmsStatus(flags: ApiFlags, context: Context): Promise<LibrenmsStatusReport> {
  const instance = instanceOf(flags)
  const saved = await savedStates(context.bus)
  const shown = instance === undefined ? saved : saved.filter((one) => one.instance === instance)
  const { url } = flags
  if (url === undefined) return { saved: shown, probe: null }
  const mine = saved.find((one) => one.instance === (instance ?? null))
  return { saved: shown, probe: await probed({ ...flags, url }, context, mine) }
}

async function savedStates(bus: Bus): Promise<SavedStatus[]> {
  const states = await loadStates(bus).catch((error: unknown) => {
    if (hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) return new Map<string, SyncState & { written: string }>()
    throw error
  })
  return [...states].map(([instance, state]) => ({
    instance: instance === '' ? null : instance,
    written: state.written,
    version: state.version,
    cursors: { eventlog: state.eventlog?.cursor ?? null, alertlog: state.alertlog?.cursor ?? null },
    pending: Object.keys(state.pending).length,
    sweeps: state.sweeps,
    refused: state.refused,
    circuit: state.circuit,
    requests: state.requests,
    epoch: state.epoch,
  }))
}

async function probed(flags: ApiFlags & { url: string }, context: Context, mine: SavedStatus | undefined): Promise<ProbedStatus> {
  const { url } = flags
  let api: LibrenmsApi | undefined
  try {
    api = await openApi(flags, context, TOKEN_VARIABLE)
    const { version, routes, remarks, logs } = await api.probe()
    const lag = { eventlog: await lagOf(api, 'eventlog', mine, logs), alertlog: await lagOf(api, 'alertlog', mine, logs) }
    return { url, version, routes: routes.size, remarks, lag }
  } catch (error) {
    const code = String((error as { code?: unknown }).code)
    // What is wrong with the flags is for whoever typed them; what is wrong with LibreNMS is part of its status.
    if (!code.startsWith('SHITOPS_E_LIBRENMS_') || code === 'SHITOPS_E_LIBRENMS_TOKEN') throw error
    return { url, error: { code, message: messageOf(error) } }
  } finally {
    api?.close()
  }
}

async function lagOf(api: LibrenmsApi, log: LogName, mine: SavedStatus | undefined, logs: boolean): Promise<number | null> {
  const cursor = mine?.cursors[log]
  if (cursor === null || cursor === undefined || !logs) return null
  const { rows, total } = await api.log(log, { from: cursor + 1, limit: 1 })
  return total ?? rows.filter((row) => (logId(log, row) ?? 0) > cursor).length
}
