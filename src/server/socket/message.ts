import { ShitopsError } from '../../base/errors.ts'
import type { ClientMessage, SubscribeData } from '../../live/protocol.ts'

/** A message of a client, or what is wrong with it. Unknown members are passed over: a newer client may send them. */
export function readMessage(text: string | undefined): ClientMessage | ShitopsError {
  if (text === undefined) return wrong('messages are JSON text, not binary')
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return wrong('the message is not JSON')
  }
  if (!isObject(message)) return wrong('the message is not a JSON object')
  const { type, data = {} } = message
  if (!isObject(data)) return wrong('`data` is not an object')
  if (type === 'auth') return typeof data.token === 'string' ? { type, data: { token: data.token } } : wrong('`data.token` is no text')
  if (type !== 'subscribe') return wrong('`type` is neither auth nor subscribe')
  const { channel, topics, filter, since } = data
  if (channel !== undefined && channel !== 'finance' && channel !== 'operations')
    return wrong('`channel` is neither finance nor operations')
  if (topics !== undefined && !isTexts(topics)) return wrong('`topics` is no list of names')
  if (filter !== undefined && typeof filter !== 'string') return wrong('`filter` is no text')
  if (since !== undefined && typeof since !== 'string') return wrong('`since` is no text')
  const wanted: SubscribeData = { channel, topics, filter: filter === '' ? undefined : filter, since: since === '' ? undefined : since }
  return { type, data: wanted }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === 'string')
const wrong = (message: string) =>
  new ShitopsError('SHITOPS_E_SERVE_REQUEST', message, { suggestions: ['docs/websocket.md', 'GET /api/v1/asyncapi.json'] })
