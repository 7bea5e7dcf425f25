import type { TopicName } from '../../events/event-types.ts'
import { isTopicName } from '../../events/topics.ts'
import { CHANNEL_NAMES, SOCKET_PATH } from '../../live/protocol.ts'
import { topicsOf } from '../feed/topics.ts'
import { componentSchemas } from './components.ts'
import type { JsonSchema } from './context.ts'

const text = { type: 'string' } as const
const instant = { type: 'string', format: 'date-time' } as const
const count = { type: 'integer', minimum: 0 } as const
const flag = { type: 'boolean' } as const
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })
const object = (properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
})

const channelName = { enum: CHANNEL_NAMES } as const
const idText = {
  type: 'string',
  pattern: '^([a-z]{2}(\\.[0-9a-z]{1,11})+(-|$))*$',
  description: 'a place in the stream; empty: none',
} as const
const frame = (type: string, data: JsonSchema): JsonSchema => object({ type: { const: type }, id: idText, ts: instant, data })
const range = object({ topic: text, partition: count, from: count, to: count })

/** `data` of each frame that the server sends. */
const SERVER_DATA: Readonly<Record<string, readonly [data: JsonSchema, about: string]>> = {
  hello: [
    object(
      {
        session: text,
        serverTime: instant,
        oldestId: idText,
        latestId: idText,
        channels: listOf(
          object({ channel: channelName, topics: listOf(object({ topic: text, class: { enum: ['alert', 'event', 'gauge'] } })) }),
        ),
        heartbeatMs: count,
        bus: text,
      },
      ['bus'],
    ),
    'the first frame, once the token is known',
  ],
  snapshot: [object({ channel: channelName, first: flag, last: flag, changes: listOf(ref('change')) }), 'how things stand, in parts'],
  delta: [object({ channel: channelName, changes: listOf(ref('change')) }), 'what has changed since'],
  gap: [
    object({ from: idText, to: idText, reason: { enum: ['retention', 'too_many', 'unknown_position'] }, ranges: listOf(range) }),
    'records that will not come',
  ],
  lag: [object({ behindMs: count, coalesced: count }), 'the client was behind: so many values of gauges were passed over'],
  heartbeat: [object({ ready: flag, session: text }), 'nothing happened, and all is well'],
  error: [object({ code: { ...text, pattern: '^SHITOPS_E_' }, message: text, suggestions: listOf(text) }), 'a wish that was not met'],
}

const CLIENT_DATA: Readonly<Record<string, readonly [schema: JsonSchema, about: string]>> = {
  auth: [object({ type: { const: 'auth' }, data: object({ token: text }) }), 'the token, where the handshake had none'],
  subscribe: [
    object(
      {
        type: { const: 'subscribe' },
        data: object({ channel: channelName, topics: listOf(text), filter: text, since: idText }, ['channel', 'topics', 'filter', 'since']),
      },
      ['data'],
    ),
    'what to be told, and from where on',
  ],
}

/** Values of topics as a channel sees them: whole but for what is kept from it, so nothing of them is required beyond what the topic requires. */
const MADE: Readonly<Record<string, string>> = { teams: 'team', topics: 'topic', groups: 'group', withheld: 'withheld' }

/** The AsyncAPI 3 document of the WebSocket. Loads zod. */
export async function asyncapiDocument(version: string): Promise<Record<string, unknown>> {
  const topics = [...new Set(CHANNEL_NAMES.flatMap((name) => topicsOf(name).map(({ topic }) => topic)))]
  const { error: _, silence: __, ...values } = await componentSchemas(topics.filter((topic): topic is TopicName => isTopicName(topic)))
  const schemas: Record<string, JsonSchema> = { ...values, change: { oneOf: topics.map(changeOf) } }
  const messages: Record<string, unknown> = {}
  const add = (name: string, about: string, payload: JsonSchema) => {
    schemas[`${name}Frame`] = payload
    messages[name] = { name, title: name, summary: about, contentType: 'application/json', payload: ref(`${name}Frame`) }
  }
  for (const [name, [data, about]] of Object.entries(SERVER_DATA)) add(name, about, frame(name, data))
  for (const [name, [payload, about]] of Object.entries(CLIENT_DATA)) add(name, about, payload)
  const refs = (names: string[]) => Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]))
  const operation = (names: string[]) => ({
    channel: { $ref: '#/channels/socket' },
    messages: names.map((name) => ({ $ref: `#/channels/socket/messages/${name}` })),
  })
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'shitops',
      version,
      description: 'The WebSocket of shitops serve, subprotocol shitops.v1: docs/websocket.md.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      local: {
        host: '127.0.0.1:7468',
        protocol: 'ws',
        description: 'this machine',
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
    },
    channels: {
      socket: {
        address: SOCKET_PATH,
        description: 'one connection; what is told on it is chosen by the subscription',
        messages: refs([...Object.keys(SERVER_DATA), ...Object.keys(CLIENT_DATA)]),
        bindings: {
          ws: { bindingVersion: '0.1.0', headers: { type: 'object', properties: { 'Sec-WebSocket-Protocol': { const: 'shitops.v1' } } } },
        },
      },
    },
    operations: {
      tell: { action: 'send', summary: 'what the server tells', ...operation(Object.keys(SERVER_DATA)) },
      ask: { action: 'receive', summary: 'what a client says', ...operation(Object.keys(CLIENT_DATA)) },
    },
    components: { messages, schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  }
}

/** A change of one topic. */
function changeOf(topic: string): JsonSchema {
  return object({
    topic: { const: topic },
    partition: count,
    offset: { type: 'integer', minimum: -1 },
    key: text,
    time: instant,
    value: { anyOf: [ref(MADE[topic] ?? topic), { type: 'null' }] },
  })
}
