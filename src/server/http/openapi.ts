import { componentSchemas } from './components.ts'
import type { ApiRoute, JsonSchema } from './context.ts'

const refusals: Readonly<Record<number, string>> = {
  400: 'the request is malformed',
  401: 'no token, or none that is known',
  403: 'the token, the page or the address may not do that',
  404: 'it is not there',
  503: 'not ready',
}

/** The OpenAPI 3.1 document of the routes. Loads zod. */
export async function openapiDocument(routes: readonly ApiRoute[], version: string): Promise<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  // A silence is shown with its state, never as its topic has it.
  const { alert_silences: _, ...schemas } = await componentSchemas(['alerts', 'alert_log', 'alert_silences', 'insights'])
  return {
    openapi: '3.1.0',
    info: {
      title: 'shitops',
      version,
      description: 'Alerts, insights, topics and silences. docs/server.md; the WebSocket is described by /api/v1/asyncapi.json.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [
      { name: 'read', description: 'changes nothing' },
      { name: 'write', description: 'with --allow-writes, for tokens with the role write or input; on the audit log' },
    ],
    paths: { ...paths, ...plainPaths },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas,
    },
  }
}

function operation({ id, summary, needs, query, body, status = 200, answer, path }: ApiRoute): Record<string, unknown> {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name)
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries(query ?? {}).map(([name, schema]) => ({ name, in: 'query', schema })),
  ]
  const statuses = [400, 401, 403, ...(names.length > 0 ? [404] : []), 503]
  return {
    operationId: id,
    summary,
    tags: [needs === 'write' || needs === 'input' ? 'write' : 'read'],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: body.required !== undefined || needs === 'input', content: json(body) } }),
    responses: {
      [status]: { description: 'done', content: json(answer) },
      ...Object.fromEntries(statuses.map((code) => [code, refusal(code)])),
    },
  }
}

const json = (schema: JsonSchema) => ({ 'application/json': { schema } })
const refusal = (status: number) => ({ description: refusals[status], content: json({ $ref: '#/components/schemas/error' }) })

const status = (words: readonly string[], more: Record<string, JsonSchema> = {}): JsonSchema => ({
  ...{ type: 'object', required: ['status'], additionalProperties: false, properties: { status: { enum: words }, ...more } },
})
const get = (operationId: string, summary: string, responses: Record<number, unknown>, open: boolean) => ({
  get: { operationId, summary, tags: ['read'], ...(open && { security: [] }), responses: { ...responses, 403: refusal(403) } },
})

const plainPaths = {
  '/-/healthy': get('healthy', 'The process answers.', { 200: { description: 'it does', content: json(status(['ok'])) } }, true),
  '/-/ready': get(
    'ready',
    'The bus has been read and can be read.',
    {
      200: { description: 'it is', content: json(status(['ready'])) },
      503: { description: 'not yet, or not now', content: json(status(['not ready'], { missing: { type: 'integer', minimum: 1 } })) },
    },
    true,
  ),
  '/metrics': get(
    'metrics',
    'Metrics in the text format of Prometheus; of tokens with the role metrics or operations.',
    { 200: { description: 'samples', content: { 'text/plain': { schema: { type: 'string' } } } }, 401: refusal(401) },
    false,
  ),
  '/api/v1/openapi.json': get(
    'openapi',
    'This document.',
    { 200: { description: 'OpenAPI 3.1', content: json({ type: 'object' }) } },
    true,
  ),
  '/api/v1/asyncapi.json': get(
    'asyncapi',
    'The WebSocket.',
    { 200: { description: 'AsyncAPI 3', content: json({ type: 'object' }) } },
    true,
  ),
}
