import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The header that LibreNMS's API transport is told to send; it can sign nothing, so the secret itself goes in it. */
export const SECRET_HEADER = 'x-shitops-secret'

/** Whether two texts are equal, in a time that tells nothing of either, not even the length. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

/**
 * Whether a request of the alert transport carries the secret: in `X-Shitops-Secret`, as a bearer token, or as the password of HTTP basic
 * authentication, which are the ways that the transport has.
 */
export function carriesSecret(headers: IncomingHttpHeaders, secret: string): boolean {
  const given = headers[SECRET_HEADER] ?? authorization(headers.authorization)
  return typeof given === 'string' && sameSecret(given, secret)
}

function authorization(header: string | undefined): string | undefined {
  const [, scheme, value = ''] = /^(bearer|basic)\s+(\S+)\s*$/i.exec(header ?? '') ?? []
  if (scheme === undefined) return undefined
  if (scheme.toLowerCase() === 'bearer') return value
  const [, password] = /^[^:]*:([\s\S]*)$/.exec(Buffer.from(value, 'base64').toString()) ?? []
  return password
}

const digest = (text: string) => createHash('sha256').update(text).digest()
