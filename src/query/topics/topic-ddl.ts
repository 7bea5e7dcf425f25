import type { TopicName } from '../../events/event-types.ts'
import { jsonSchemaOf } from '../../events/schemas.ts'
import { TOPICS } from '../../events/topics.ts'

/** What of JSON Schema the events use. */
interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly description?: string
}

export interface TopicTableOptions {
  /** Further options of the connector: brokers, start, group. */
  readonly connector?: Readonly<Record<string, string>>
  /** How late a record may be; default 5 s. */
  readonly disorderSeconds?: number
  /** The table's name where it is not the topic's. */
  readonly name?: string
}

/**
 * CREATE TABLE for a topic of ours: the fields of its events, where a record lies, and a watermark by event time. A compacted topic is a table
 * of what is now true of each key, `record_key`. The text is the same for this engine and for Flink.
 */
export async function topicDdl(topic: TopicName, options: TopicTableOptions = {}): Promise<string> {
  const schema = (await jsonSchemaOf(topic)) as JsonSchema
  const { compacted } = TOPICS[topic]
  const fields = Object.entries(schema.properties ?? {})
  const timed = fields.some(([name]) => name === 'event_time')
  const lines = [
    ...(compacted ? ['record_key STRING NOT NULL'] : []),
    ...fields.map(([name, field]) => `${quoted(name)} ${columnType(field)}`),
    "record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
    "record_partition INT METADATA FROM 'partition' VIRTUAL",
    "record_offset BIGINT METADATA FROM 'offset' VIRTUAL",
    ...(timed ? [`WATERMARK FOR event_time AS event_time - INTERVAL '${options.disorderSeconds ?? 5}' SECOND`] : []),
    ...(compacted ? ['PRIMARY KEY (record_key) NOT ENFORCED'] : []),
  ]
  const properties = {
    connector: compacted ? 'upsert-kafka' : 'kafka',
    topic,
    ...(compacted
      ? {
          'key.format': 'raw',
          'value.format': 'json',
          'value.fields-include': 'EXCEPT_KEY',
          'value.json.timestamp-format.standard': 'ISO-8601',
        }
      : { format: 'json', 'json.timestamp-format.standard': 'ISO-8601' }),
    ...options.connector,
  }
  const withs = Object.entries(properties).map(([key, value]) => `  ${literal(key)} = ${literal(value)}`)
  return `CREATE TABLE ${quoted(options.name ?? topic)} (\n  ${lines.join(',\n  ')}\n) WITH (\n${withs.join(',\n')}\n)`
}

/** The SQL type of a field of an event. */
function columnType(schema: JsonSchema): string {
  if (schema.anyOf) {
    const some = schema.anyOf.filter(({ type }) => type !== 'null')
    return some.length === 1 && some[0] ? columnType(some[0]) : 'STRING'
  }
  // `["number", "null"]`: a nullable field without further bounds.
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null')
  switch (types.length === 1 ? types[0] : undefined) {
    case 'string':
      return schema.format === 'date-time' ? 'TIMESTAMP_LTZ(3)' : 'STRING'
    case 'integer':
      return 'BIGINT'
    case 'number':
      return 'DOUBLE'
    case 'boolean':
      return 'BOOLEAN'
    case 'array':
      return `ARRAY<${columnType(schema.items ?? {})}>`
    case 'object':
      if (schema.properties && Object.keys(schema.properties).length > 0) {
        const fields = Object.entries(schema.properties).map(([name, field]) => `${quoted(name)} ${columnType(field)}`)
        return `ROW<${fields.join(', ')}>`
      }
      return `MAP<STRING, ${typeof schema.additionalProperties === 'object' ? columnType(schema.additionalProperties) : 'STRING'}>`
    default:
      return 'STRING'
  }
}

/** Every name in backticks: some of our fields are words of SQL. */
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
