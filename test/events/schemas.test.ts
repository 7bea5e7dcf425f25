import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import type { z } from 'zod'
import { type EventOf, examplesOf, jsonSchemaOf, METRICS, schemaOf, TOPIC_NAMES, type TopicName } from '../../src/events/index.ts'

/** Words that Flink SQL reads as its own where a column name stands, so that the column would need backticks. */
const FLINK_RESERVED = `all and any array as at between by case cast char character check column constraint count cross current current_date
  current_time current_timestamp date day decimal default define delete describe distinct double else end escape except exists
  explain extract false fetch float for from full function grant group grouping having hour if in inner insert int integer
  intersect interval into is join lag last lead left like limit map match measures merge method minute month multiset natural
  next not null nulls of offset on or order outer over partition percent per position prev primary range rank real reset result
  right row row_number rows second select session set show skip some start system table then time timestamp to top trim true
  tumble union unique unknown unnest update upsert user using values varchar view watermark when where window with within without
  year`.split(/\s+/)

/** A field's value of another type. */
function wrong(value: unknown): unknown {
  return typeof value === 'string' || value === null ? { not: 'this' } : 'not this'
}

interface Example {
  topic: TopicName
  name: string
  event: Record<string, unknown>
}

describe('the schemas', () => {
  const schemas = new Map<TopicName, z.ZodObject>()
  const validators = new Map<TopicName, ValidateFunction>()
  const all: Example[] = []

  before(async () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, formats: { 'date-time': true } })
    ajv.addKeyword('unit')
    for (const topic of TOPIC_NAMES) {
      schemas.set(topic, await schemaOf(topic))
      validators.set(topic, ajv.compile(await jsonSchemaOf(topic)))
      const examples = await examplesOf(topic)
      for (const [name, event] of Object.entries(examples)) all.push({ topic, name, event: event as Record<string, unknown> })
    }
  })

  /** zod and JSON Schema must agree; says whether the event is valid. */
  function accepts(topic: TopicName, event: unknown): boolean {
    const byZod = schemas.get(topic)?.safeParse(event).success
    const byJsonSchema = validators.get(topic)?.(JSON.parse(JSON.stringify(event)))
    expect(byJsonSchema, `JSON Schema and zod disagree on ${topic} ${JSON.stringify(event)}`).to.equal(byZod)
    return byZod === true
  }

  it('accept the full and the minimal example of each topic, as zod and as JSON Schema', () => {
    expect(all).to.have.length(TOPIC_NAMES.length * 2)
    for (const { topic, name, event } of all) expect(accepts(topic, event), `${topic}, ${name}`).to.equal(true)
  })

  it('refuse an example with any one field of a wrong type, and without any required one', () => {
    let broken = 0
    for (const { topic, event } of all) {
      for (const field of Object.keys(event)) {
        // A telemetry value is whatever the device sent; it stands inside `updates`.
        expect(accepts(topic, { ...event, [field]: wrong(event[field]) }), `${topic}.${field} of a wrong type`).to.equal(false)
        broken++
      }
    }
    for (const { topic, event } of all.filter(({ name }) => name === 'minimal')) {
      for (const field of Object.keys(event)) {
        const { [field]: _, ...rest } = event
        expect(accepts(topic, rest), `${topic} without ${field}`).to.equal(false)
      }
    }
    expect(broken).to.be.above(250)
  })

  it('refuse a field they do not know', () => {
    for (const { topic, event } of all) expect(accepts(topic, { ...event, surprise: 1 }), topic).to.equal(false)
  })

  it('want event_time in UTC with milliseconds', () => {
    const { event } = all[0] as Example
    for (const time of [
      '2026-03-31T14:02:11Z',
      '2026-03-31T14:02:11.250+02:00',
      '2026-03-31 14:02:11.250',
      '2026-02-30T00:00:00.000Z',
      1,
    ]) {
      expect(accepts('device_presence', { ...event, event_time: time }), String(time)).to.equal(false)
    }
  })

  it('show every field in the full example, but for those of another kind of record', () => {
    const elsewhere: Partial<Record<TopicName, string[]>> = {
      device_presence: ['charging', 'silent_s', 'device_count', 'flooded'],
      audio_metrics: ['previous_state'],
      device_telemetry: ['detail', 'status_code'],
    }
    for (const { topic, event } of all.filter(({ name }) => name === 'full')) {
      const missing = Object.keys(schemas.get(topic)?.shape ?? {}).filter((field) => !(field in event))
      expect(missing, topic).to.deep.equal(elsewhere[topic] ?? [])
    }
  })

  it('describe every field, and name it in snake_case without a word that Flink reserves', async () => {
    for (const topic of TOPIC_NAMES) {
      const { properties } = (await jsonSchemaOf(topic)) as { properties: Record<string, { description?: string }> }
      for (const [field, { description }] of Object.entries(properties)) {
        expect(field, topic).to.match(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
        expect(description, `${topic}.${field}`).to.be.a('string').and.not.equal('')
        expect(FLINK_RESERVED, `${topic}.${field}`).to.not.include(field)
      }
    }
  })

  it('have a place for every metric with its unit', () => {
    for (const [metric, { unit }] of Object.entries(METRICS)) {
      const { event } = all.find(({ topic, name }) => topic === 'device_metrics' && name === 'minimal') as Example
      expect(accepts('device_metrics', { ...event, metric, unit }), metric).to.equal(true)
    }
  })

  it('give TypeScript types: only what the schema takes compiles', () => {
    const event: EventOf<'workflow_events'> = {
      event_time: '2026-03-31T14:01:07.000Z',
      case_id: 'INV-1',
      activity: 'approve',
      // @ts-expect-error not one of the lifecycle words
      lifecycle: 'finished',
    }
    expect(accepts('workflow_events', event)).to.equal(false)
  })

  it('cost nothing until they are asked for: the registry loads no zod', async () => {
    // zod leaves its registry on globalThis; the second line shows that this is how to tell.
    const script = `
      const { schemaOf, toRecord } = await import('./src/events/index.ts')
      console.log(typeof toRecord, '__zod_globalRegistry' in globalThis)
      await schemaOf('alerts')
      console.log('__zod_globalRegistry' in globalThis)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
    expect(stdout).to.equal('function false\ntrue\n')
  })
})
