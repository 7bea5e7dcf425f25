import { Refusal } from './answers.ts'
import type { AskedPath, AskedSubscribe } from './messages.ts'
import { admitted, type Credentials, type RecordedRequest } from './recorded-request.ts'
import { pathViolations, type RequestContext, violations } from './violations.ts'

const INVALID_ARGUMENT = 3
const UNAUTHENTICATED = 16

export interface Demands {
  credentials?: Credentials
  /** Refuse with INVALID_ARGUMENT what `violations` finds. */
  strict?: boolean | NonNullable<RequestContext['asked']>
}

/** Where a Subscribe RPC stands when a message of it comes. */
export interface StreamState {
  request: AskedSubscribe
  polls: number
  syncs: number
}

/** Why a target with these demands does not take a request, if so; `stream` is there for the later messages of a Subscribe RPC. */
export function refusalOf({ credentials, strict }: Demands, request: RecordedRequest, stream?: StreamState): Refusal | undefined {
  if (credentials && !admitted(request.metadata, credentials)) return new Refusal(UNAUTHENTICATED, 'wrong or missing credentials')
  if (!strict) return undefined
  const found =
    request.method === 'Subscribe'
      ? [
          ...violations(request.message, { earlier: stream ? 1 : 0, asked: strict === true ? {} : strict }),
          ...pollViolations(request, stream),
        ]
      : pathViolations((request.message as { prefix?: AskedPath }).prefix, pathsOf(request.message))
  return found.length > 0 ? new Refusal(INVALID_ARGUMENT, found.join('; ')) : undefined
}

/** Polls come on POLL lists only, and one at a time, after the sync that ended the one before (gNMI specification 3.5.1.5.3). */
function pollViolations(request: RecordedRequest, stream: StreamState | undefined): string[] {
  if (!stream || !(request.message as AskedSubscribe).poll) return []
  if (stream.request.subscribe?.mode !== 'POLL') return ['40: a poll without mode POLL']
  return stream.syncs <= stream.polls ? ['40: a poll before the sync'] : []
}

/** The paths of a Get or Set request. */
function pathsOf(message: object): Array<AskedPath | undefined> {
  type Lists = Record<'path' | 'delete', AskedPath[] | undefined> &
    Record<'replace' | 'update' | 'union_replace', Array<{ path?: AskedPath }> | undefined>
  const { path = [], delete: deletes = [], replace = [], update = [], union_replace = [] } = message as Lists
  return [...path, ...deletes, ...[...replace, ...update, ...union_replace].map((one) => one.path)]
}
