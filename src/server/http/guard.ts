import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isOurs, messageOf, ShitopsError } from '../../base/errors.ts'
import { hostAllowed, originAllowed } from '../access/places.ts'
import type { Grant } from '../access/tokens.ts'
import type { HttpContext } from './context.ts'

/** A page may load from here and talk to here, and be framed by nobody. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'x-frame-options': 'DENY',
}

/** HTTP statuses of our errors where they are not the caller's ordinary fault. */
const STATUS: Readonly<Record<string, number>> = {
  SHITOPS_E_SERVE_AUTH: 401,
  SHITOPS_E_SERVE_FORBIDDEN: 403,
  SHITOPS_E_SERVE_NOT_READY: 503,
  SHITOPS_E_ALERT_UNKNOWN: 404,
  SHITOPS_E_SILENCE_UNKNOWN: 404,
  SHITOPS_E_ALERT_INPUT: 400,
  SHITOPS_E_BUS_UNAVAILABLE: 503,
  SHITOPS_E_BUS_BUSY: 503,
  SHITOPS_E_BUS_FULL: 507,
}

/** Faults of a request as exit codes have them: usage and configuration. */
const CALLERS_FAULT = 2

/** What holds for every request: names, origins, headers, errors in one shape, and what is counted. */
export function guard(app: FastifyInstance, { places, tls, http, logger }: HttpContext): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS)
    if (tls) reply.header('strict-transport-security', 'max-age=31536000')
    const { host, origin } = request.headers
    if (!hostAllowed(host, places)) throw new ShitopsError('SHITOPS_E_SERVE_FORBIDDEN', 'this server does not answer to that name')
    if (!originAllowed(origin, host, tls, places)) {
      throw new ShitopsError('SHITOPS_E_SERVE_FORBIDDEN', 'pages of that origin may not use this server')
    }
  })
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern: what stands in a path has no end.
    const route = request.routeOptions.url ?? 'none'
    http.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1_000)
  })
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = answerOf(error)
    if (status >= 500) logger.error(`${request.method} ${request.routeOptions.url ?? ''} failed: ${messageOf(error)}`)
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="shitops"')
    if (status === 503) reply.header('retry-after', '2')
    reply.code(status).header('cache-control', 'no-store').send(body)
  })
  app.setNotFoundHandler((_, reply) => notFound(reply, 'there is nothing here'))
}

export function notFound(reply: FastifyReply, message: string, suggestions: string[] = ['GET /api/v1/openapi.json']): FastifyReply {
  return reply
    .code(404)
    .header('cache-control', 'no-store')
    .send({ error: { code: 'SHITOPS_E_SERVE_REQUEST', message, suggestions } })
}

/** Status and body of an error; of one that is none of ours nothing is told. */
export function answerOf(error: unknown): { status: number; body: { error: { code: string; message: string; suggestions: string[] } } } {
  if (isOurs(error)) {
    const { code, message, suggestions, exit } = error
    return {
      status: STATUS[code] ?? (exit === CALLERS_FAULT ? 400 : 500),
      body: { error: { code, message, suggestions: [...suggestions] } },
    }
  }
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  const status = statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? statusCode : 500
  const said =
    status < 500 ? { code: 'SHITOPS_E_SERVE_REQUEST', message: String(message) } : { code: 'SHITOPS_E_BUG', message: 'it failed here' }
  return { status, body: { error: { ...said, suggestions: [] } } }
}

/** Who asks. @throws SHITOPS_E_SERVE_AUTH */
export function grantOf({ headers }: FastifyRequest, { tokens }: HttpContext): Grant {
  const token = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const grant = token === undefined ? undefined : tokens.find(token)
  if (grant) return grant
  throw new ShitopsError('SHITOPS_E_SERVE_AUTH', token === undefined ? 'a token is needed' : 'the token is not known', {
    suggestions: ['Authorization: Bearer TOKEN'],
  })
}
