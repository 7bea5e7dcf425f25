import type { FastifyInstance, FastifyRequest } from 'fastify'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import { toRecord } from '../../events/index.ts'
import type { Grant } from '../access/tokens.ts'
import { ALERT_ROUTES } from './alert-routes.ts'
import type { ApiRoute, Call, HttpContext } from './context.ts'
import { answerOf, grantOf, guard } from './guard.ts'
import { INPUT_ROUTES } from './input-routes.ts'
import { READ_ROUTES } from './read-routes.ts'
import { serveWeb } from './web.ts'
import { WORKFLOW_ROUTES } from './workflow-routes.ts'

/** Largest body of a request, bytes. */
const BODY_LIMIT = 1 << 20
const REQUEST_TIMEOUT = 15_000

/** Every operation of the REST API. */
export const API_ROUTES: readonly ApiRoute[] = [...ALERT_ROUTES, ...READ_ROUTES, ...INPUT_ROUTES, ...WORKFLOW_ROUTES]

export interface AppOptions {
  tls?: { cert: string; key: string } | undefined
  /** TCP connections at once. */
  maxConnections: number
}

/** The HTTP side of the server. Loads fastify. */
export async function createApp(context: HttpContext, { tls, maxConnections }: AppOptions): Promise<FastifyInstance> {
  const { default: fastify } = await import('fastify')
  const common = {
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    forceCloseConnections: 'idle' as const,
    // A query's number is text; nothing else is ever converted, and what is not known is refused.
    ajv: { customOptions: { removeAdditional: false as const, coerceTypes: true, allErrors: false } },
    exposeHeadRoutes: true,
  }
  const app = (tls ? fastify({ ...common, https: { ...tls, minVersion: 'TLSv1.2' } }) : fastify(common)) as unknown as FastifyInstance
  app.server.maxConnections = maxConnections
  app.server.headersTimeout = REQUEST_TIMEOUT
  guard(app, context)
  plainRoutes(app, context)
  for (const route of API_ROUTES) {
    if (!route.raw) addRoute(app, route, context)
    else {
      await app.register(async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body))
        addRoute(scope as unknown as FastifyInstance, route, context)
      })
    }
  }
  await serveWeb(app, context.webRoot)
  return app
}

/** Health, metrics and the two documents. */
function plainRoutes(app: FastifyInstance, context: HttpContext): void {
  app.get('/-/healthy', async () => ({ status: 'ok' }))
  app.get('/-/ready', async (_, reply) => {
    const missing = context.missing()
    reply.header('cache-control', 'no-store')
    if (missing.length === 0) return { status: 'ready' }
    // What exactly is missing is for those with a token: /metrics, the log.
    return reply.code(503).send({ status: 'not ready', missing: missing.length })
  })
  app.get('/metrics', async (request, reply) => {
    const { roles } = grantOf(request, context)
    if (!roles.has('metrics') && !roles.has('operations')) throw mayNot('metrics')
    const { contentType, text } = await context.metricsText()
    return reply.header('content-type', contentType).send(text)
  })
  app.get('/api/v1/openapi.json', async () => context.openapi())
  app.get('/api/v1/asyncapi.json', async () => context.asyncapi())
}

function addRoute(app: FastifyInstance, route: ApiRoute, context: HttpContext): void {
  const { method, path, query, raw } = route
  const body = raw ? undefined : route.body
  const querystring = { type: 'object', additionalProperties: false, properties: query ?? {} }
  app.route({
    method,
    url: path,
    schema: { querystring, ...(body && { body }) },
    // The answer says for itself what went wrong, and is audited, so the checks of fastify are looked at here.
    attachValidation: true,
    handler: async (request, reply) => {
      const grant = knownGrant(request, context)
      try {
        const call = callOf(route, request, context)
        if (context.missing().length > 0) throw new ShitopsError('SHITOPS_E_SERVE_NOT_READY', `not ready: ${context.missing()[0]}`)
        const answer = await route.run(call, context)
        const status = route.status ?? 200
        await audit(route, request, { grant, status }, context)
        return reply.code(status).header('cache-control', 'no-store').send(answer)
      } catch (error) {
        const { status, body: answer } = answerOf(error)
        await audit(route, request, { grant, status, code: answer.error.code }, context)
        throw error
      }
    },
  })
}

function knownGrant(request: FastifyRequest, context: HttpContext): Grant | undefined {
  try {
    return grantOf(request, context)
  } catch {
    return undefined
  }
}

/** The request as the route takes it. @throws SHITOPS_E_SERVE_AUTH, SHITOPS_E_SERVE_FORBIDDEN, SHITOPS_E_SERVE_REQUEST */
function callOf({ needs, body: bodySchema }: ApiRoute, request: FastifyRequest, context: HttpContext): Call {
  const grant = grantOf(request, context)
  if (needs !== 'input' && grant.channels.length === 0) throw mayNot('finance or operations')
  if (needs !== 'channel' && !grant.roles.has(needs)) throw mayNot(needs)
  if ((needs === 'write' || needs === 'input') && !context.writable) {
    throw new ShitopsError('SHITOPS_E_SERVE_FORBIDDEN', 'this server is read-only', { suggestions: ['shitops serve --allow-writes'] })
  }
  const { validationError } = request
  const nothingNeeded = request.body === undefined && bodySchema?.required === undefined && validationError?.validationContext === 'body'
  if (validationError && !nothingNeeded)
    throw new ShitopsError('SHITOPS_E_SERVE_REQUEST', `the request is malformed: ${validationError.message}`)
  const { params, query, body } = request as { params: Record<string, string>; query: Record<string, unknown>; body: unknown }
  return { grant, params, query, body }
}

const mayNot = (role: string) =>
  new ShitopsError('SHITOPS_E_SERVE_FORBIDDEN', `the token has not the role ${role}`, { suggestions: ['docs/server.md, "Tokens"'] })

/** Every attempt to change something, also one that is refused; of those without a token so many a minute. That it cannot be written down makes it fail. */
async function audit(
  { action, method, path }: ApiRoute,
  request: FastifyRequest,
  { grant, status, code }: { grant: Grant | undefined; status: number; code?: string },
  { bus, clock, logger, strangers }: HttpContext,
): Promise<void> {
  if (action === undefined || (!grant && !strangers.next(clock.now()))) return
  const subject = Object.values(request.params as Record<string, string>)[0]?.slice(0, 200)
  const entry = {
    event_time: new Date(clock.now()).toISOString(),
    actor: grant?.name ?? 'anonymous',
    action,
    outcome: status < 400 ? ('done' as const) : status < 500 ? ('refused' as const) : ('failed' as const),
    http_status: status,
    http_method: method,
    route: path,
    ...(subject && { subject }),
    ...(code && { error_code: code }),
    remote: request.ip,
  }
  const record = toRecord('audit_log', entry, { source: '/serve', id: `${clock.now()}-${request.id}` })
  await bus.append('audit_log', [record]).catch((error: unknown) => {
    logger.error(`the audit log cannot be written: ${messageOf(error)}`)
    if (status < 400) throw error
  })
}
