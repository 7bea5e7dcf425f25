import type { LibrenmsCommand } from '../../../events/index.ts'
import type { Answer, Row } from '../client/api.ts'
import { LibrenmsFailure } from '../client/failures.ts'
import { type PushApi, Refusal } from './action.ts'

/** The row of the command's device. @throws Refusal where there is none */
export async function deviceOf(api: PushApi, { device_id: id }: LibrenmsCommand): Promise<Row> {
  const row = id > 0 ? await api.device(id) : undefined
  if (!row) throw noDevice(id)
  return row
}

/** Its notes, to the letter; '' for none. @throws Refusal where there is no such device */
export async function notesOf(api: PushApi, { device_id: id }: LibrenmsCommand): Promise<string> {
  const notes = id > 0 ? await api.notesOf(id) : undefined
  if (notes === undefined) throw noDevice(id)
  return notes ?? ''
}

const noDevice = (id: number) => new Refusal(`there is no device ${id}, or the token may not see it`)

/** A member of an answer's body. @throws LibrenmsFailure when LibreNMS did not say "ok" */
export function memberOf({ ok, status, message, body }: Answer, name: string, what: string): unknown {
  if (!ok || !isObject(body))
    throw new LibrenmsFailure('SHITOPS_E_LIBRENMS_REFUSED', `LibreNMS does not tell ${what} (${status}): ${message}`, { status })
  return body[name]
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
