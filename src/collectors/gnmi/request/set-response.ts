import { ShitopsError } from '../../../base/errors.ts'
import type { GnmiConnection } from '../client/connection.ts'
import { formatPath } from '../path/format.ts'
import { ask, type CallOptions } from './ask.ts'
import { pathOf, type ReceivedPath } from './received-path.ts'
import type { SetPlan } from './set.ts'

/** What a target says it has done. */
export interface SetResult {
  /** ns since the epoch, as text; '0' where the target does not say. */
  timestamp: string
  /** The prefix of the answer, '' where it has none. */
  prefix: string
  results: Array<{ op: string; path: string /** Deprecated: what went wrong with this one. */; message?: string }>
}

interface SetResponse {
  prefix?: ReceivedPath
  response?: Array<{ path?: ReceivedPath; op?: string | number; message?: ErrorMessage }>
  message?: ErrorMessage
  timestamp?: string
}

interface ErrorMessage {
  code?: number
  message?: string
}

/**
 * The Set call, made once and never again, whatever becomes of it: only a person can tell whether what was sent has been done.
 * @throws SHITOPS_E_GNMI_… by what went wrong; where it may have been done all the same, the message says so
 */
export async function set(connection: GnmiConnection, { request }: SetPlan, options: CallOptions): Promise<SetResult> {
  // What goes wrong here has changed nothing.
  await connection.connect()
  const { prefix, response = [], message, timestamp = '0' } = await send(connection, request, options)
  if (message?.message || message?.code)
    throw new ShitopsError(
      'SHITOPS_E_GNMI_REFUSED',
      `${connection.address}: the target says: ${message.message ?? ''} (code ${message.code ?? 0})`,
    )
  return {
    timestamp,
    prefix: prefix?.elem?.length || prefix?.origin ? formatPath(pathOf(prefix)) : '',
    results: response.map(({ path, op = 'INVALID', message: said }) => ({
      op: String(op).toLowerCase(),
      path: formatPath(pathOf(path)),
      ...(said && { message: `${said.message ?? ''} (code ${said.code ?? 0})` }),
    })),
  }
}

/** Failures that are the target's own word that it has done nothing. After any other it may have done what it was asked to. */
const CERTAIN: ReadonlySet<string> = new Set(['SHITOPS_E_GNMI_REFUSED', 'SHITOPS_E_GNMI_AUTH'])

async function send(connection: GnmiConnection, request: object, options: CallOptions): Promise<SetResponse> {
  try {
    return await ask<SetResponse>(connection, 'Set', request, options)
  } catch (error) {
    if (!(error instanceof ShitopsError) || CERTAIN.has(error.code)) throw error
    throw new ShitopsError(error.code, `${error.message}; whether it was set is not known`, {
      suggestions: [`shitops gnmi get -a ${connection.address} --type config --path PATH, before it is sent again`, ...error.suggestions],
      cause: error,
    })
  }
}
