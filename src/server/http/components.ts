import type { TopicName } from '../../events/event-types.ts'
import { jsonSchemaOf } from '../../events/schemas.ts'
import type { JsonSchema } from './context.ts'

const text = { type: 'string' } as const
const count = { type: 'integer', minimum: 0 } as const
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] })
const closed = (properties: Record<string, JsonSchema>, description: string): JsonSchema => ({
  ...{ type: 'object', description, additionalProperties: false, required: Object.keys(properties), properties },
})

/** What is wrong, in the shape that every command has with --json. */
const error = closed(
  {
    error: closed(
      { code: { ...text, pattern: '^SHITOPS_E_' }, message: text, suggestions: { type: 'array', items: text } },
      'what, why, what next',
    ),
  },
  'an error',
)

const topic = closed(
  {
    topic: text,
    partitions: count,
    records: { ...count, description: 'offsets held' },
    written: { ...count, description: 'next offsets, all partitions together' },
    per_second: orNull({ type: 'number', minimum: 0 }),
    newest_event_time: orNull({ ...text, format: 'date-time' }),
    unreadable: { ...count, description: 'records that the server could not read' },
  },
  'a topic now',
)

const group = closed(
  {
    group: text,
    state: text,
    members: count,
    topics: { type: 'array', items: text },
    lag: { ...orNull(count), description: 'null is unknown' },
  },
  'a consumer group now',
)

const team = closed(
  {
    team: text,
    min_count: { type: 'integer', minimum: 2, description: 'a team with fewer enrolled people has no numbers' },
    enrolled: orNull(count),
    present: orNull(count),
    in_call: orNull(count),
    in_call_ratio: orNull({ type: 'number', minimum: 0, maximum: 1 }),
    call_s_last_hour: orNull({ type: 'number', minimum: 0 }),
    calls_begun_last_hour: orNull(count),
    intensity: orNull({ type: 'number', minimum: 0, maximum: 1 }),
    battery_low: { ...orNull(count), description: 'headsets present at 20 % or less; null where fewer than min_count say their charge' },
  },
  'presence and calls of a team',
)

const withheld = closed(
  { alerts: count, firing: count, min_count: { type: 'integer', minimum: 2 } },
  'alerts that are not shown because they are about teams of fewer enrolled people than min_count',
)

/** Schemas of what the server makes itself. */
export const MADE_SCHEMAS: Readonly<Record<string, JsonSchema>> = { error, topic, group, team, withheld }

/** `unit` is an annotation of ours: in these documents it is an extension, which is marked as such. */
function withUnits(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withUnits)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([name, value]) => {
    return name === 'unit' && typeof value === 'string' ? ['x-unit', value] : [name, withUnits(value)]
  })
  return Object.fromEntries(entries)
}

/** Schemas by name: of topics, and of what the server makes itself. Loads zod. */
export async function componentSchemas(topics: readonly TopicName[]): Promise<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = { ...MADE_SCHEMAS }
  for (const name of topics) {
    const { $schema: _, $id: __, ...schema } = await jsonSchemaOf(name)
    schemas[name] = withUnits(schema) as JsonSchema
  }
  const silence = schemas.alert_silences as { properties: Record<string, JsonSchema>; required: string[] } | undefined
  if (silence) {
    const properties = { ...silence.properties, state: { enum: ['pending', 'active', 'expired'] } }
    schemas.silence = { ...silence, title: 'silence', properties, required: [...silence.required, 'state'] }
  }
  return schemas
}
