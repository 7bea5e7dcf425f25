import { ShitopsError } from '../../../base/errors.ts'
import { parseNanoseconds, TIME_FORMS } from './nanoseconds.ts'

/** A gnmi_ext.Extension as proto-loader takes it; 64-bit integers are text. */
export type ExtensionMessage =
  | { history: { snapshot_time: string } | { range: { start: string; end: string } } }
  | { depth: { level: number } }
  | { commit: { id: string } & CommitAction }

type CommitAction =
  | { commit: { rollback_duration?: DurationMessage } }
  | { confirm: object }
  | { cancel: object }
  | { set_rollback_duration: { rollback_duration: DurationMessage } }

/** google.protobuf.Duration */
export interface DurationMessage {
  seconds: string
  nanos: number
}

/** What of the past a Subscribe asks for: times as text, by the forms of parseNanoseconds. */
export interface HistoryTexts {
  snapshot?: string | undefined
  start?: string | undefined
  /** Default: now. */
  end?: string | undefined
}

/**
 * The history extension (gnmi-history 0.1.0): a snapshot goes with ONCE, a range [start, end) with STREAM; undefined where nothing is asked.
 * @param now ms since the epoch
 * @throws SHITOPS_E_USAGE
 */
export function historyExtension(texts: HistoryTexts, mode: 'STREAM' | 'ONCE' | 'POLL', now: number): ExtensionMessage | undefined {
  const { snapshot, start, end } = texts
  const range = start !== undefined || end !== undefined
  if (snapshot === undefined && !range) return undefined
  if (snapshot !== undefined && range)
    throw usage('a snapshot is of one time, a range of two; both at once is neither', 'leave out --history-snapshot')
  if (snapshot !== undefined) {
    if (mode !== 'ONCE') throw usage('a snapshot of the past comes once', '--mode once')
    return { history: { snapshot_time: String(timeOf('--history-snapshot', snapshot, now)) } }
  }
  if (mode !== 'STREAM') throw usage('a range of the past comes as a stream', '--mode stream')
  if (start === undefined) throw usage('a range of the past needs its start', '--history-start 1h')
  const from = timeOf('--history-start', start, now)
  const to = timeOf('--history-end', end ?? 'now', now)
  if (from > to) throw usage(`the range begins (${start}) after it ends (${end ?? 'now'})`)
  return { history: { range: { start: String(from), end: String(to) } } }
}

/** The depth extension (gnmi-depth 0.1.0) for Get and Subscribe: so many levels below each path; 0 is all of them. */
export function depthExtension(level: number | undefined): ExtensionMessage | undefined {
  if (level === undefined) return undefined
  if (Number.isInteger(level) && level >= 0 && level <= 0xffff_ffff) return { depth: { level } }
  throw usage(`a depth of ${level}: it is a number of levels`, '--depth 2')
}

/** What to do about a commit that is undone unless it is confirmed. Times in ms. */
export type CommitStep =
  | { action: 'commit'; id: string /** Absent: the target's own, ten minutes by the specification. */; rollbackAfter?: number }
  | { action: 'confirm' | 'cancel'; id: string }
  | { action: 'set_rollback_duration'; id: string; rollbackAfter: number }

/** The commit-confirmed extension of a Set (gnmi-commit-confirmed 0.1.0). @throws SHITOPS_E_USAGE */
export function commitExtension(step: CommitStep): ExtensionMessage {
  const { id } = step
  if (id === '') throw usage('a commit is known by its id', '--commit-id ID')
  switch (step.action) {
    case 'commit':
      return {
        commit: { id, commit: step.rollbackAfter === undefined ? {} : { rollback_duration: durationMessage(step.rollbackAfter) } },
      }
    case 'confirm':
      return { commit: { id, confirm: {} } }
    case 'cancel':
      return { commit: { id, cancel: {} } }
    case 'set_rollback_duration':
      return { commit: { id, set_rollback_duration: { rollback_duration: durationMessage(step.rollbackAfter) } } }
  }
}

/** @param ms a whole number above 0: a target refuses to wait for nothing */
function durationMessage(ms: number): DurationMessage {
  if (!(ms > 0)) throw usage('a rollback after no time at all', '--rollback-after 10m')
  return { seconds: String(Math.floor(ms / 1_000)), nanos: (ms % 1_000) * 1_000_000 }
}

function timeOf(flag: string, text: string, now: number): bigint {
  const ns = parseNanoseconds(text, now)
  if (ns !== undefined) return ns
  throw usage(`${flag} "${text}" is no time: ${TIME_FORMS}`, `${flag} 15m`)
}

const usage = (what: string, ...next: string[]) => new ShitopsError('SHITOPS_E_USAGE', what, { suggestions: next })
