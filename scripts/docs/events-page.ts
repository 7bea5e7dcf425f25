import {
  DEFAULT_PARTITIONS,
  examplesOf,
  jsonSchemaOf,
  METRICS,
  TOPIC_NAMES,
  TOPICS,
  type TopicName,
  toRecord,
} from '../../src/events/index.ts'
import { code, fenced, GENERATED, table } from './markdown.ts'

interface JsonSchema {
  type?: string | string[]
  description?: string
  unit?: string
  enum?: string[]
  anyOf?: JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: JsonSchema | boolean
}

/** docs/events.md: the topics and schemas of src/events/. */
export async function eventsPage(): Promise<string> {
  const list = TOPIC_NAMES.map((topic) => {
    const { about, key } = TOPICS[topic]
    return [`[${topic}](#${topic})`, code(key.join(':')), about, kept(topic)]
  })
  const sections = await Promise.all(TOPIC_NAMES.map(topicSection))
  return `# Events

${GENERATED}

Every topic, field and unit on the bus. The schemas are in \`src/events/\`, one file a topic; the same schema checks \`shitops produce\`.

${table(['topic', 'key', 'one record is', 'kept'], list)}

## What holds for every record

- **Key**: the fields named above, joined by \`:\`. \`instance\` is left out where there is one LibreNMS. \`shitops topic create\` makes every topic
  with ${DEFAULT_PARTITIONS} partitions, so that equal keys lie in partitions of equal number.
- **Value**: a JSON object with the fields below and no others. Integers that may pass 2^53 are text.
- **Time**: \`event_time\` in the value and the record's timestamp are the same instant, in ms.
- **null and absent**: null is "unknown"; a field that does not apply is absent.
- **Headers**: CloudEvents 1.0, binary mode of the Kafka binding: \`ce_specversion\`, \`ce_id\`, \`ce_source\`, \`ce_type\`, \`ce_time\` (= \`event_time\`),
  \`ce_subject\` (= key), \`content-type: application/json\`. \`ce_source\` and \`ce_id\` together are unique: a repeat has the same.
- **Versions**: a new optional field does not change the type's version; a field that goes or changes its meaning does.
- **Compacted topics** hold the last state of a key; a record with a null value (a tombstone) deletes it.
- **People** appear by alias or keyed hash only.

A whole record, as \`shitops tail --output ndjson\` prints it:

${fenced('json', await wholeRecord())}

## Dead letters

A record that cannot be read or used goes to \`<topic>.dlq\` as it was (key, value, headers, timestamp), with headers that say why:

${table(
  ['header', 'meaning'],
  [
    ['`dlq_reason`', 'code for machines: `SHITOPS_E_RECORD_INVALID`, …'],
    ['`dlq_message`', 'what was wrong, for people'],
    ['`dlq_topic`', 'where it belongs: `shitops replay TOPIC.dlq --redrive` sends it there'],
    ['`dlq_partition`, `dlq_offset`', 'where it was read, when it was on the bus already'],
    ['`dlq_time`', 'when it was put aside'],
  ],
)}

${sections.join('\n')}`
}

async function wholeRecord(): Promise<string> {
  const { minimal } = await examplesOf('device_metrics')
  const { key, timestamp, headers } = toRecord('device_metrics', minimal, { source: '/agent/laptop-ledger-1' })
  const record = { topic: 'device_metrics', partition: 0, offset: 12, timestamp, key, headers: Object.fromEntries(headers), value: minimal }
  return JSON.stringify(record, null, 2)
}

/** How long its records stay. */
function kept(topic: TopicName): string {
  const { compacted, config } = TOPICS[topic]
  return compacted ? 'the last of each key' : `${Number(config['retention.ms']) / 86_400_000} days`
}

async function topicSection(topic: TopicName): Promise<string> {
  const { about, ceType, key } = TOPICS[topic]
  const schema = (await jsonSchemaOf(topic)) as JsonSchema
  const { full } = await examplesOf(topic)
  const units = topic === 'device_metrics' ? `\n${metricsTable()}\n` : ''
  return `## ${topic}

${about[0]?.toUpperCase()}${about.slice(1)}. Key ${code(key.join(':'))}; type ${code(ceType)}; kept: ${kept(topic)}.

${table(['field', 'type', 'unit', 'meaning'], rows(schema, ''))}
${units}
${fenced('json', JSON.stringify(full, null, 2))}
`
}

function metricsTable(): string {
  const header = ['metric', 'unit', 'meaning']
  return table(
    header,
    Object.entries(METRICS).map(([metric, { unit, about }]) => [code(metric), unit, about]),
  )
}

/** A row a field; those of objects in arrays below them as `updates[].path`. Required ones are bold. */
function rows(schema: JsonSchema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const required = schema.required?.includes(name) ?? false
    const row = [required ? `**${code(prefix + name)}**` : code(prefix + name), typeText(field), field.unit ?? '', field.description ?? '']
    return [row, ...rows(field.items ?? {}, `${prefix}${name}[].`)]
  })
}

function typeText(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ')
  if (schema.type === 'array') return `array of ${schema.items?.properties ? 'objects' : typeText(schema.items ?? {})}`
  if (schema.type === 'object')
    return `object of ${typeof schema.additionalProperties === 'object' ? typeText(schema.additionalProperties) : 'JSON'}`
  if (schema.type === undefined) return 'JSON'
  return [schema.type].flat().join(' or ')
}
