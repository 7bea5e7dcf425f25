import { createHash } from 'node:crypto'
import type { LibrenmsApi, Row } from '../client/api.ts'
import { type LogName, logId } from '../decode/log-row.ts'

/** Ids are given out before rows are committed: one may appear so far below the highest that was seen. */
export const OVERLAP = 200
/** Rows of one request; ids of one range. */
export const PAGE = 500

/** How far a log has been read. */
export interface LogState {
  /** Highest id read. */
  cursor: number
  /** Ids below it, at most {@link OVERLAP} below, that have not appeared. Some never will: they were rolled back, or deleted. */
  gaps: number[]
  /** A row that was read: when the same id holds something else, it is another database. `time` is as the server said it. */
  anchor?: { id: number; hash: string; time: string } | undefined
  /** The log ended before the cursor when it was read last. */
  suspect?: true
}

/** A step forward: rows in the order of their ids, none of which was given before, and where the log stands once they are written. */
export interface LogStep {
  rows: Row[]
  state: LogState
  /** `reset`: another database answers; `purged`: rows were deleted before they were read. Both mean: read everything anew. */
  lost?: 'reset' | 'purged'
}

type LogApi = Pick<LibrenmsApi, 'log'>

/** Where to begin: at the end of the log. */
export async function beginLog(api: LogApi, log: LogName): Promise<LogState> {
  const { rows } = await api.log(log, { limit: OVERLAP, newest: true })
  const ids = idsOf(log, rows)
  const cursor = Math.max(0, ...ids)
  return { cursor, gaps: gapsBelow(cursor, cursor - rows.length, new Set(ids)), anchor: anchorOf(log, rows, cursor) }
}

/**
 * What has come into a log since `state`, in steps. One request where little is new. Pages are ranges of ids, not offsets: the server sorts
 * by time, rows of one second in any order, so that an offset may skip a row at a page's edge.
 */
export async function* readLog(api: LogApi, log: LogName, state: LogState): AsyncGenerator<LogStep> {
  const from = Math.max(1, Math.min(state.cursor - OVERLAP + 1, state.gaps[0] ?? Number.POSITIVE_INFINITY))
  const { rows } = await api.log(log, { from, limit: PAGE })
  if (isOther(log, rows, state)) {
    yield await beginAgain(api, log, state)
    return
  }
  if (rows.length < PAGE) {
    const step = stepOf(log, rows, state)
    if (log === 'alertlog' || !(await endsEarly(api, log, rows, state))) yield step
    // Removing a device removes its rows, and a moment later writes one: only what lasts is another database.
    else if (!state.suspect) yield { ...step, state: { ...step.state, suspect: true } }
    else yield await beginAgain(api, log, state)
    return
  }
  yield* walk(api, log, state, from)
}

/** Ranges of ids up to the newest. */
async function* walk(api: LogApi, log: LogName, start: LogState, from: number): AsyncGenerator<LogStep> {
  let state = start
  for (let low = from; ; low += PAGE) {
    const { rows } = await api.log(log, { from: low, to: low + PAGE - 1, limit: PAGE })
    if (rows.length > 0) {
      const step = stepOf(log, rows, state)
      state = step.state
      yield step
      continue
    }
    // Deleted in between, perhaps by the million: on to the next that is there.
    const { rows: next } = await api.log(log, { from: low + PAGE, limit: 1 })
    const [id] = idsOf(log, next)
    if (id === undefined) return
    low = Math.max(low, id - OVERLAP - PAGE)
  }
}

/**
 * Whether the highest id is below what was read: ids of the event log are never given twice, and its newest row is never deleted without
 * another. Rows of the alert log are, with their device, so that it tells nothing.
 */
async function endsEarly(api: LogApi, log: LogName, rows: readonly Row[], { cursor }: LogState): Promise<boolean> {
  if (Math.max(0, ...idsOf(log, rows)) >= cursor) return false
  return rows.length > 0 || (await newestId(api, log, cursor)) < cursor
}

/** The log of another database: its rows from after the last that was read on, by time. */
export async function beginAgain(api: LogApi, log: LogName, { anchor }: LogState): Promise<LogStep> {
  const fresh = await beginLog(api, log)
  if (anchor) {
    const { rows } = await api.log(log, { from: anchor.time, limit: 1 })
    const [id] = idsOf(log, rows)
    // The same second may hold a row that was read; another database numbers it anew, so that cannot be told.
    if (id !== undefined) return { rows: [], state: { cursor: Math.max(0, id - 1), gaps: [] }, lost: 'reset' }
  }
  return { rows: [], state: fresh, lost: 'reset' }
}

/** Whether rows that were never read are gone: the oldest that is there comes long after the last that was read. */
export async function isPurged(api: LogApi, log: LogName, { cursor }: LogState): Promise<boolean> {
  if (cursor === 0) return false
  const { rows } = await api.log(log, { limit: 1 })
  const [oldest] = idsOf(log, rows)
  return oldest !== undefined && oldest > cursor + OVERLAP
}

function stepOf(log: LogName, rows: readonly Row[], state: LogState): LogStep {
  const missing = new Set(state.gaps)
  const fresh = new Map<number, Row>()
  for (const row of rows) {
    const id = logId(log, row)
    if (id !== undefined && (id > state.cursor || missing.has(id))) fresh.set(id, row)
  }
  const ids = [...fresh.keys()].sort((a, b) => a - b)
  const cursor = Math.max(state.cursor, ids[ids.length - 1] ?? 0)
  const still = state.gaps.filter((id) => !fresh.has(id) && id > cursor - OVERLAP)
  const gaps = [...still, ...gapsBelow(cursor, state.cursor, new Set(ids))]
  const anchor = cursor > state.cursor ? anchorOf(log, rows, cursor) : state.anchor
  return { rows: ids.map((id) => fresh.get(id) as Row), state: { cursor, gaps, anchor } }
}

/** Ids between the two that are not there, as far as they may still come. */
function gapsBelow(cursor: number, above: number, there: ReadonlySet<number>): number[] {
  const gaps: number[] = []
  for (let id = Math.max(1, above + 1, cursor - OVERLAP + 1); id < cursor; id++) if (!there.has(id)) gaps.push(id)
  return gaps
}

async function newestId(api: LogApi, log: LogName, otherwise: number): Promise<number> {
  const { rows } = await api.log(log, { limit: OVERLAP, newest: true })
  // An empty log numbers on where it was.
  return rows.length === 0 ? otherwise : Math.max(...idsOf(log, rows))
}

const idsOf = (log: LogName, rows: readonly Row[]): number[] => rows.flatMap((row) => logId(log, row) ?? [])

function isOther(log: LogName, rows: readonly Row[], { anchor }: LogState): boolean {
  const row = anchor && rows.find((candidate) => logId(log, candidate) === anchor.id)
  return row !== undefined && anchor !== undefined && rowHash(log, row) !== anchor.hash
}

function anchorOf(log: LogName, rows: readonly Row[], id: number): LogState['anchor'] {
  const row = rows.find((candidate) => logId(log, candidate) === id)
  return row && { id, hash: rowHash(log, row), time: String(row.datetime ?? row.time_logged) }
}

/** Of columns that never change. */
function rowHash(log: LogName, row: Row): string {
  const lasting = log === 'eventlog' ? [row.datetime, row.message, row.device_id] : [row.time_logged, row.rule_id, row.device_id]
  return createHash('sha256')
    .update(JSON.stringify(lasting.map(String)))
    .digest('hex')
    .slice(0, 16)
}
