import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { sameSecret } from './secret.ts'

/** How far the plugin's clock may be from ours, ms. */
export const CLOCK_SKEW = 5 * 60_000

export const TIMESTAMP_HEADER = 'x-shitops-timestamp'
export const SIGNATURE_HEADER = 'x-shitops-signature'
export const KEY_HEADER = 'idempotency-key'

/** Longest key that is remembered, and nothing that could be anything else than a key. */
const KEY = /^[\w.:-]{1,80}$/

/** HMAC-SHA256 over `v1:TIMESTAMP:KEY:BODY`, hex: plugin/librenms/src/Core/Signature.php. @param timestamp Unix seconds, as text */
export function signatureOf(secret: string, timestamp: string, key: string, body: Buffer): string {
  return `v1=${createHmac('sha256', secret).update(`v1:${timestamp}:${key}:`).update(body).digest('hex')}`
}

export type Signed = { ok: true; key: string } | { ok: false; status: 400 | 401; why: string }

/** Whether a batch was signed with the secret, and lately. The reasons are for the log of whoever sent it: they tell nothing of the secret. */
export function verifySigned(headers: IncomingHttpHeaders, body: Buffer, secret: string, now: number): Signed {
  const key = textOf(headers[KEY_HEADER])
  const timestamp = textOf(headers[TIMESTAMP_HEADER])
  const signature = textOf(headers[SIGNATURE_HEADER])
  if (!KEY.test(key)) return { ok: false, status: 400, why: 'Idempotency-Key is missing, or not letters, digits, . : _ and - (80 at most)' }
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, status: 401, why: 'X-Shitops-Timestamp is missing, or not Unix seconds' }
  // Before the clock is looked at: who does not know the secret learns nothing of our time.
  if (!sameSecret(signature, signatureOf(secret, timestamp, key, body)))
    return { ok: false, status: 401, why: 'the signature does not fit' }
  if (Math.abs(now - Number(timestamp) * 1_000) > CLOCK_SKEW)
    return { ok: false, status: 401, why: `the clocks differ by more than ${CLOCK_SKEW / 60_000} minutes` }
  return { ok: true, key }
}

const textOf = (value: string | string[] | undefined) => (typeof value === 'string' ? value : '')
