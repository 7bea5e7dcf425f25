import { messageOf, ShitopsError } from '../../../base/errors.ts'
import type { GnmiConnection } from '../client/connection.ts'

export interface CallOptions {
  /** ms for the answer */
  timeout: number
  signal?: AbortSignal
}

/** A unary call whose answer is read by proto-loader. @throws SHITOPS_E_GNMI_…, also where the answer is no such message */
export async function ask<Answer extends object>(
  connection: GnmiConnection,
  method: 'Capabilities' | 'Set',
  request: object,
  options: CallOptions,
): Promise<Answer> {
  try {
    return await connection.ask<Answer>(method, request, options)
  } catch (error) {
    if (error instanceof ShitopsError) throw error
    throw unreadable(connection, messageOf(error))
  }
}

/** The error of an answer that came and cannot be read. */
export function unreadable(connection: GnmiConnection, why: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_GNMI_NOT_GNMI', `${connection.address}: the answer is no gNMI message: ${why}`, {
    suggestions: ['check the port: gNMI is on 9339, 57400, 6030 or 50051 on most devices'],
  })
}
