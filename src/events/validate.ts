import type { z } from 'zod'
import { nearest } from '../base/nearest.ts'
import type { TopicName } from './event-types.ts'
import { schemaOf } from './schemas.ts'
import { isTopicName, TOPICS } from './topics.ts'

/** One thing wrong with a value. */
export interface Problem {
  /** The field, as in `updates[2].type`; `` is the value as a whole. */
  path: string
  message: string
}

/** Problems of a record's value, or null when it is valid. */
export type Validator = (value: Uint8Array | null) => Problem[] | null

/** A check for the values of a topic, to be called for each record; null for a topic that has no schema. Loads zod. */
export async function validatorOf(topic: string): Promise<Validator | null> {
  if (!isTopicName(topic)) return null
  const schema = await schemaOf(topic)
  return (value) => check(topic, schema, value)
}

/** One value against its topic's schema: null when it is valid or the topic has no schema, else what is wrong, naming each field. */
export async function validateRecord(topic: string, value: Uint8Array | null): Promise<Problem[] | null> {
  const validate = await validatorOf(topic)
  return validate ? validate(value) : null
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function check(topic: TopicName, schema: z.ZodObject, value: Uint8Array | null): Problem[] | null {
  if (value === null) {
    return TOPICS[topic].compacted ? null : [{ path: '', message: `is null, which deletes a key; ${topic} is not compacted` }]
  }
  let event: unknown
  try {
    event = JSON.parse(utf8.decode(value))
  } catch (error) {
    return [{ path: '', message: error instanceof SyntaxError ? `is not JSON: ${error.message}` : 'is not UTF-8 text' }]
  }
  const result = schema.safeParse(event)
  return result.success ? null : result.error.issues.flatMap((issue) => problemsOf(issue, schema))
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodObject): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathText(issue.path), message: messageOf(issue) }]
  const known = issue.path.length === 0 ? Object.keys(schema.shape) : []
  return issue.keys.map((key) => {
    const like = nearest(key, known)
    return { path: pathText([...issue.path, key]), message: like ? `is not a field; did you mean ${like}?` : 'is not a field' }
  })
}

function messageOf(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(/^Invalid (input|option): /, '')
  if (message.endsWith('received undefined')) return 'is missing'
  return message
}

/** `updates[2].type` from ['updates', 2, 'type']. */
export function pathText(path: ReadonlyArray<PropertyKey>): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}
