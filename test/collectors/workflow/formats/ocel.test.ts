import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Database } from 'sql.js'
import { JsonElements } from '../../../../src/collectors/workflow/formats/json-elements.ts'
import { thrownBy } from '../../../support/thrown-by.ts'
import { readFileLog, readText } from './support.ts'

/** A purchase: two invoices of one order; the second was blocked for a while. */
const LOG = {
  objectTypes: [
    { name: 'Order', attributes: [] },
    { name: 'Invoice', attributes: [{ name: 'blocked', type: 'string' }] },
  ],
  eventTypes: [
    { name: 'order', attributes: [{ name: 'pages', type: 'integer' }] },
    { name: 'book', attributes: [] },
    { name: 'plan', attributes: [] },
  ],
  objects: [
    { id: 'O1', type: 'Order' },
    { id: 'R1', type: 'Invoice', attributes: [{ name: 'blocked', time: '1970-01-01T00:00:00Z', value: 'No' }] },
    {
      id: 'R2',
      type: 'Invoice',
      attributes: [
        { name: 'blocked', time: '1970-01-01T00:00:00Z', value: 'No' },
        { name: 'blocked', time: '2026-01-03T00:00:00Z', value: 'Yes' },
      ],
    },
  ],
  events: [
    {
      id: 'e1',
      type: 'order',
      time: '2026-01-01T10:00:00Z',
      attributes: [{ name: 'pages', value: 3 }],
      relationships: [{ objectId: 'O1', qualifier: 'placed' }],
    },
    {
      id: 'e2',
      type: 'book',
      time: '2026-01-02T10:00:00Z',
      relationships: [
        { objectId: 'R1', qualifier: 'booked' },
        { objectId: 'R2', qualifier: 'booked' },
        { objectId: 'O1', qualifier: 'of' },
      ],
    },
    { id: 'e3', type: 'book', time: '2026-01-04T10:00:00Z', relationships: [{ objectId: 'R2', qualifier: '' }] },
    { id: 'e4', type: 'plan', time: '2026-01-05T10:00:00Z' },
  ],
}
const JSON_LOG = JSON.stringify(LOG, null, 2)

type Named = { name: string; value: unknown; time?: string }
const xmlOf = () => {
  const attributes = (list: readonly Named[] = []) =>
    `<attributes>${list.map(({ name, value, time }) => `<attribute name="${name}"${time ? ` time="${time}"` : ''}>${value}</attribute>`).join('')}</attributes>`
  const types = (kind: string, list: typeof LOG.eventTypes) =>
    `<${kind}-types>${list.map(({ name, attributes }) => `<${kind}-type name="${name}"><attributes>${attributes.map((one) => `<attribute name="${one.name}" type="${one.type}"/>`).join('')}</attributes></${kind}-type>`).join('')}</${kind}-types>`
  const objects = LOG.objects.map(
    ({ id, type, attributes: list }) =>
      `<object id="${id}" type="${type}">${attributes(list)}<objects><relationship object-id="X" qualifier="q"/></objects></object>`,
  )
  const events = LOG.events.map(
    ({ id, type, time, attributes: list, relationships = [] }) =>
      `<event id="${id}" type="${type}" time="${time}">${attributes(list)}<objects>${relationships.map(({ objectId, qualifier }) => `<relationship object-id="${objectId}" qualifier="${qualifier}"/>`).join('')}</objects></event>`,
  )
  return `<?xml version="1.0"?>\n<log>\n${types('object', LOG.objectTypes)}\n${types('event', LOG.eventTypes)}\n<objects>\n${objects.join('\n')}\n</objects>\n<events>\n${events.join('\n')}\n</events>\n</log>\n`
}

async function sqliteOf(change: (db: Database & { run(sql: string): void }) => void = () => {}): Promise<Buffer> {
  const { default: initSqlJs } = await import('sql.js')
  const { Database } = await initSqlJs()
  // biome-ignore lint/suspicious/noExplicitAny: to write is no part of what the product uses
  const db = new (Database as any)() as Database & { run(sql: string): void; export(): Uint8Array }
  for (const kind of ['event', 'object']) {
    db.run(`create table ${kind}_map_type (ocel_type text, ocel_type_map text); create table ${kind} (ocel_id text, ocel_type text)`)
  }
  db.run('create table event_object (ocel_event_id text, ocel_object_id text, ocel_qualifier text)')
  db.run(
    `insert into event_map_type values ('order','order'),('book','book'),('plan','plan'); insert into object_map_type values ('Order','Order'),('Invoice','Invoice')`,
  )
  db.run(
    'create table event_order (ocel_id text, ocel_time timestamp, pages integer); create table event_book (ocel_id text, ocel_time timestamp)',
  )
  db.run('create table event_plan (ocel_id text, ocel_time timestamp)')
  db.run('create table object_Order (ocel_id text, ocel_time timestamp)')
  db.run('create table object_Invoice (ocel_id text, ocel_time timestamp, blocked text, ocel_changed_field text)')
  const q = (text: unknown) => `'${String(text).replaceAll("'", "''")}'`
  for (const { id, type, attributes = [] } of LOG.objects) {
    db.run(`insert into object values (${q(id)}, ${q(type)})`)
    attributes.forEach(({ time, value }, i) => {
      db.run(
        `insert into object_Invoice values (${q(id)}, ${q(time.replace('T', ' ').replace('Z', ''))}, ${q(value)}, ${i === 0 ? 'null' : "'blocked'"})`,
      )
    })
  }
  for (const { id, type, time, attributes, relationships = [] } of LOG.events) {
    db.run(
      `insert into event values (${q(id)}, ${q(type)}); insert into event_${type} values (${q(id)}, ${q(time.replace('T', ' ').replace('Z', ''))}${type === 'order' ? `, ${attributes?.[0]?.value}` : ''})`,
    )
    for (const { objectId, qualifier } of relationships)
      db.run(`insert into event_object values (${q(id)}, ${q(objectId)}, ${q(qualifier)})`)
  }
  change(db)
  const bytes = Buffer.from(db.export())
  db.close()
  return bytes
}

const byTime = <T extends { event_time: string; case_id: string }>(events: T[]): T[] =>
  [...events].sort((a, b) => (a.event_time + a.case_id < b.event_time + b.case_id ? -1 : 1))

describe('collectors/workflow/formats: OCEL 2.0', () => {
  it('makes an event of each object of the case type, with all objects, and the attributes that the case had then', async () => {
    const { events, notes, problems, lines } = await readText('p2p.jsonocel', JSON_LOG, { caseType: 'Invoice' })
    expect(problems).to.deep.equal([])
    const booked = {
      ...{ event_time: '2026-01-02T10:00:00.000Z', activity: 'book', lifecycle: 'completed', process: 'p2p', event_id: 'e2' },
      case_attributes: { blocked: 'No' },
      objects: [
        { object_id: 'R1', object_type: 'Invoice', qualifier: 'booked' },
        { object_id: 'R2', object_type: 'Invoice', qualifier: 'booked' },
        { object_id: 'O1', object_type: 'Order', qualifier: 'of' },
      ],
    }
    expect(events).to.deep.equal([
      { ...booked, case_id: 'R1' },
      { ...booked, case_id: 'R2' },
      {
        ...{
          event_time: '2026-01-04T10:00:00.000Z',
          case_id: 'R2',
          activity: 'book',
          lifecycle: 'completed',
          process: 'p2p',
          event_id: 'e3',
        },
        ...{ case_attributes: { blocked: 'Yes' }, objects: [{ object_id: 'R2', object_type: 'Invoice' }] },
      },
    ])
    const at = JSON_LOG.split('\n').findIndex((line) => line.includes('"e3"'))
    expect(lines[2]).to.equal(at)
    expect(notes.map(({ message }) => message)).to.deep.equal([
      '2 events are about no object of type "Invoice" and belong to no case (--case-type chooses another)',
    ])
  })

  it('reads the same from JSON, XML and SQLite, packed or not, told by their content', async () => {
    const json = byTime((await readText('log', JSON_LOG, { caseType: 'Order', process: 'p' })).events)
    expect(json).to.have.length(2)
    expect(json[0]?.attributes).to.deep.equal({ pages: 3 })
    for (const bytes of [xmlOf(), await sqliteOf(), gzipSync(JSON_LOG), gzipSync(xmlOf()), gzipSync(await sqliteOf())]) {
      const { events, problems } = await readText('log', bytes, { caseType: 'Order', process: 'p' })
      expect(problems).to.deep.equal([])
      expect(byTime(events)).to.deep.equal(json)
    }
  })

  it('takes the type that most events are about where nobody says, tells so, and helps with one that is not there', async () => {
    const { events, notes } = await readText('log.json', JSON_LOG)
    expect(new Set(events.map(({ case_id }) => case_id))).to.deep.equal(new Set(['R1', 'R2']))
    expect(notes.find(({ code }) => code === 'case_type')?.message).to.equal(
      'the cases are the objects of type "Invoice"; --case-type takes "Order"',
    )
    const error = await thrownBy(() => readText('log.json', JSON_LOG, { caseType: 'Invoise' }))
    expect([error.code, error.suggestions[0]]).to.deep.equal(['SHITOPS_E_USAGE', '--case-type "Invoice"'])
  })

  it('tells events that are wrong with their lines, and reads on', async () => {
    const events = [{ type: 'x', time: '2026-01-01T00:00:00Z' }, 7, { ...LOG.events[2], time: 'soon' }, LOG.events[2]]
    const text = `{"objects":${JSON.stringify(LOG.objects)},\n"events":[\n${events.map((one) => JSON.stringify(one)).join(',\n')},\n{"id": oops}]}`
    const read = await readText('log.json', text, { caseType: 'Invoice' })
    expect(read.events.map(({ event_id }) => event_id)).to.deep.equal(['e3'])
    expect(read.problems.map(({ place, message }) => [place.line, message]).sort()).to.deep.equal([
      [3, 'an event without id'],
      [4, 'an element of "events" is not a JSON object'],
      [5, 'time: a text of 4 characters is not a time that can be read'],
      [7, 'an element of "events" is not a JSON object'],
    ])
  })

  it('says that a file is cut off: JSON, XML, SQLite, gzip', async () => {
    const sqlite = await sqliteOf()
    for (const bytes of [JSON_LOG.slice(0, -30), xmlOf().slice(0, -30), sqlite.subarray(0, 5_000), gzipSync(JSON_LOG).subarray(0, 300)]) {
      const { problems } = await readText('log', bytes, { caseType: 'Invoice' })
      expect(problems.map(({ fatal }) => fatal)).to.include(true)
    }
  })

  it('gives the events of a SQLite file in order of time, whatever their types', async () => {
    const { events } = await readText('log', await sqliteOf(), { caseType: 'Order' })
    expect(events.map(({ event_id }) => event_id)).to.deep.equal(['e1', 'e2'])
  })

  it('says what a SQLite file is that holds no OCEL', async () => {
    const bytes = await sqliteOf((db) => db.run('drop table event_map_type'))
    const { problems } = await readText('log', bytes, { caseType: 'Invoice' })
    expect(problems.map(({ message }) => message)).to.deep.equal([
      'the rest cannot be read: SQLite says "no such table: event_map_type"; is it OCEL 2.0?',
    ])
  })

  it('leaves nothing beside the SQLite file, and takes names with quotes in them for names', async () => {
    const bytes = await sqliteOf((db) => {
      db.run(
        `insert into event_map_type values ('odd', 'od"d'); create table "event_od""d" (ocel_id text, ocel_time timestamp, "a""b" text)`,
      )
      db.run(`insert into "event_od""d" values ('e9', '2026-01-06 10:00:00', 'v'); insert into event_object values ('e9', 'R1', '')`)
    })
    const { events } = await readText('log', bytes, { caseType: 'Invoice' })
    expect(events.find(({ event_id }) => event_id === 'e9')).to.deep.include({ activity: 'odd', attributes: { 'a"b': 'v' } })
  })

  it('property: elements of an array come whole with their lines, however the JSON is cut and indented', () => {
    const element = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), fc.jsonValue({ maxDepth: 1 }))
    fc.assert(
      fc.property(
        fc.array(element, { maxLength: 5 }),
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
        fc.nat(3),
        fc.integer({ min: 1, max: 9 }),
        (list, more, indent, step) => {
          const { wanted: _, ...others } = more
          const text = JSON.stringify({ ...others, wanted: list, z: { wanted: [1] } }, null, indent)
          const found: Array<[unknown, number]> = []
          const elements = new JsonElements({
            wanted: new Set(['wanted']),
            onElement: (_, one, line) => found.push([JSON.parse(one), line]),
            onTooLong: () => expect.fail('too long'),
          })
          for (let i = 0; i < text.length; i += step) elements.write(text.slice(i, i + step))
          expect(found.map(([one]) => one)).to.deep.equal(JSON.parse(JSON.stringify(list)))
          expect(elements.complete).to.equal(true)
          const lines = found.map(([, line]) => line)
          expect(lines).to.deep.equal([...lines].sort((a, b) => a - b))
        },
      ),
      { numRuns: 200 },
    )
  })
})

const SAMPLES = process.env.SHITOPS_TEST_LOGS ?? resolve('../shared/data/workflow')

describe("collectors/workflow/formats: the standard's own samples", () => {
  for (const file of ['ocel20_example.jsonocel', 'ocel20_example.xmlocel', 'ocel20_example.sqlite']) {
    it(`${file}: 13 events, of which 9 are about invoices`, async function () {
      const path = join(SAMPLES, file)
      if (!existsSync(path)) {
        console.log(`      skipped: ${file} is not there (SHITOPS_TEST_LOGS names the folder)`)
        this.skip()
      }
      const read = await readFileLog(path, { caseType: 'Invoice' })
      expect([read.events.length, read.problems]).to.deep.equal([9, []])
      const orders = await readFileLog(path, { caseType: 'Purchase Order' })
      expect(new Set(orders.events.map(({ case_id }) => case_id))).to.deep.equal(new Set(['PO1', 'PO2']))
      expect(readFileSync(path).length).to.be.above(0)
    })
  }
})
