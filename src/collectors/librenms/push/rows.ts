import type { LibrenmsCommand } from '../../../events/index.ts'
import type { Answer, Row } from '../client/api.ts'
import { LibrenmsFailure } from '../client/failures.ts'
import { type PushApi, Refusal } from './action.ts'

/** The row of the command's device. @throws Refusal where there is none */
export async function deviceOf(api: PushApi, { device_id: id }: LibrenmsCommand): Promise<Row> {
  const row = id > 0 ? await api.device(id) : undefined
  if (!row) throw new Refusal(`there is no device ${id}, or the token may not see it`)
  return row
}

/** A member of an answer's body. @throws LibrenmsFailure when LibreNMS did not say "ok" */
export function memberOf({ ok, status, message, body }: Answer, name: string, what: string): unknown {
  if (!ok || !isObject(body))
    throw new LibrenmsFailure('SHITOPS_E_LIBRENMS_REFUSED', `LibreNMS does not tell ${what} (${status}): ${message}`, { status })
  return body[name]
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
