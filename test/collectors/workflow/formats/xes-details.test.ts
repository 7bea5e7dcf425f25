import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import { thrownBy } from '../../../support/thrown-by.ts'
import { readFileLog, readText, xes } from './support.ts'

const string = (key: string, value: string) => `<string key="${key}" value="${value}"/>`
const date = (value: string) => `<date key="time:timestamp" value="${value}"/>`
const event = (...attributes: string[]) => `<event>${attributes.join('')}</event>\n`
const paid = (...more: string[]) => event(string('concept:name', 'pay'), date('2026-01-31T09:00:00Z'), ...more)
const trace = (events: string, more = '') => `<trace>${string('concept:name', 'INV-1')}${more}\n${events}</trace>`

describe('collectors/workflow/formats: what XES can say', () => {
  it('turns lifecycle transitions into our words, and keeps those of other models as attributes', async () => {
    const words = ['schedule', 'start', 'COMPLETE', 'ate_abort', 'manualskip', 'withdraw', 'In Progress']
    const { events, notes } = await readText('a.xes', xes(trace(words.map((word) => paid(string('lifecycle:transition', word))).join(''))))
    expect(events.map(({ lifecycle }) => lifecycle)).to.deep.equal([
      'scheduled',
      'started',
      'completed',
      'aborted',
      'skipped',
      'withdrawn',
      'completed',
    ])
    expect(events.at(-1)?.attributes).to.deep.equal({ 'lifecycle:transition': 'In Progress' })
    expect(notes.map(({ code }) => code)).to.deep.equal(['unknown_lifecycle'])
  })

  it('reads resource, group or role, id and cost of the case', async () => {
    const cost = `<float key="cost:total" value="18250.40"/>${string('cost:currency', 'EUR')}`
    const who = [string('org:resource', 'Pete'), string('org:role', 'clerk'), string('identity:id', 'e-1')]
    const { events, mapping } = await readText('a.xes', xes(trace(paid(...who), cost)))
    expect(events[0]).to.include({ person: 'Pete', team: 'clerk', event_id: 'e-1', amount: 18_250.4, currency: 'EUR' })
    expect(events[0]).to.not.have.any.keys('attributes', 'case_attributes')
    expect(mapping).to.include.members(['case=case:concept:name', 'team=org:role', 'amount=case:cost:total'])
  })

  it('types attributes, and flattens those inside of others', async () => {
    const attributes = `<int key="n" value="12"/><float key="x" value="0.5"/><boolean key="b" value="true"/><date key="d" value="2026-01-01T01:00:00+01:00"/>
      <string key="a" value="1"><string key="b" value="2"/></string><list key="l"><values><string key="k" value="x"/><string key="k" value="y"/></values></list>
      <int key="big" value="12345678901234567890"/><int key="odd" value="twelve"/>${string('__proto__', 'p')}`
    const { events } = await readText('a.xes', xes(trace(paid(attributes))))
    const found = events[0]?.attributes ?? {}
    expect(Object.entries(found)).to.deep.equal([
      ['n', 12],
      ['x', 0.5],
      ['b', true],
      ['d', '2026-01-01T00:00:00.000Z'],
      ['a', '1'],
      ['a/b', '2'],
      ['l/k', 'x'],
      ['l/k#2', 'y'],
      ['big', '12345678901234567890'],
      ['odd', 'twelve'],
      ['__proto__', 'p'],
    ])
  })

  it('passes over the defaults of globals, and knows extensions by their URI', async () => {
    const head = `<extension name="Concept" prefix="c" uri="http://www.xes-standard.org/concept.xesext"/>
      <global scope="event">${string('concept:name', 'DEFAULT')}${date('1970-01-01T00:00:00Z')}</global>${string('c:name', 'Declarations')}`
    const body = `<trace>${string('c:name', 'D-1')}${event(string('c:name', 'submit'), date('2026-01-31T09:00:00Z'))}</trace>`
    const { events, problems } = await readText('a.xes', xes(body, head))
    expect([events, problems]).to.deep.equal([
      [{ event_time: '2026-01-31T09:00:00.000Z', case_id: 'D-1', activity: 'submit', lifecycle: 'completed', process: 'Declarations' }],
      [],
    ])
  })

  it('makes the activity by a classifier of the log, and names those there are when there is no such one', async () => {
    const head = `<classifier name="By step" keys="concept:name lifecycle:transition 'cost centre'"/>`
    const log = xes(trace(paid(string('cost centre', '4001'))), head)
    expect((await readText('a.xes', log, { classifier: 'By step' })).events[0]?.activity).to.equal('pay+4001')
    const error = await thrownBy(() => readText('a.xes', log, { classifier: 'Other' }))
    expect(error).to.include({ code: 'SHITOPS_E_USAGE' })
    expect(error.suggestions).to.deep.equal(['--classifier "By step"'])
  })

  it('waits for the name of a trace that stands after its events', async () => {
    const { events } = await readText('a.xes', xes(`<trace>${paid()}${paid()}${string('concept:name', 'INV-9')}${paid()}</trace>`))
    expect(events.map(({ case_id }) => case_id)).to.deep.equal(['INV-9', 'INV-9', 'INV-9'])
  })

  it('takes other attributes for the parts that --map names', async () => {
    const log = xes(trace(paid(string('Done by', 'Ann'), string('Step', 'Settle')), string('number', 'D-7')))
    const { events } = await readText('a.xes', log, { map: { case: 'number', activity: 'Step', resource: 'Done by' } })
    expect(events[0]).to.include({ case_id: 'D-7', activity: 'Settle', person: 'Ann' })
  })

  it('reads times without a zone where they were written, across the step of the clocks', async () => {
    const times = ['2026-03-29T01:59:59', '2026-03-29T03:00:00', '2026-10-25T02:30:00', '2026-10-25T03:00:00.5']
    const body = trace(times.map((time) => event(string('concept:name', 'x'), date(time))).join(''))
    const { events, notes } = await readText('a.xes', xes(body), { zone: 'Europe/Berlin' })
    expect(events.map(({ event_time }) => event_time)).to.deep.equal([
      '2026-03-29T00:59:59.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T02:00:00.500Z',
    ])
    expect(notes).to.deep.equal([])
    const utc = await readText('a.xes', xes(body))
    expect(utc.notes.map(({ code }) => code)).to.deep.equal(['no_zone'])
    expect((await thrownBy(() => readText('a.xes', xes(body), { zone: 'Mars/Olympus' }))).code).to.equal('SHITOPS_E_USAGE')
  })

  it('refuses what is no time, naming it', async () => {
    const { events, problems } = await readText(
      'a.xes',
      xes(trace(event(string('concept:name', 'x'), date('2026-02-30T00:00:00Z')) + paid())),
    )
    expect(events).to.have.length(1)
    expect(problems.map(({ message }) => message)).to.deep.equal(['time:timestamp: "2026-02-30T00:00:00Z" is not a time that can be read'])
  })
})

describe('collectors/workflow/formats: XES that is wrong', () => {
  it('tells of elements that have no place, and reads on', async () => {
    const nested = `<trace>${string('concept:name', 'A')}<event>${string('concept:name', 'x')}${date('2026-01-31T09:00:00Z')}<event>${string('k', 'v')}</event></event><trace></trace>${paid()}</trace>`
    const { events, problems } = await readText('a.xes', xes(nested))
    expect(events.map(({ activity }) => activity)).to.deep.equal(['x', 'pay'])
    expect(problems.map(({ message }) => message)).to.deep.equal([
      '<event> has no place inside of event',
      '<trace> has no place inside of trace',
    ])
  })

  it('says what is not XES at all', async () => {
    const { events, problems } = await readText('a.xes', '<html><body>not found</body></html>', { format: 'xes' })
    expect([events, problems.map(({ message }) => message)]).to.deep.equal([[], ['<html> is not XES: the root must be <log>']])
  })

  it('bounds values, the number of attributes, depth and the size of a tag', async () => {
    const long = await readText('a.xes', xes(trace(paid(string('text', 'x'.repeat(100_000))))))
    expect(String(long.events[0]?.attributes?.text)).to.have.length(8_193)
    expect(long.notes.map(({ code }) => code)).to.deep.equal(['cut'])

    const many = await readText('a.xes', xes(trace(paid(Array.from({ length: 2_000 }, (_, i) => string(`k${i}`, 'v')).join('')))))
    expect(Object.keys(many.events[0]?.attributes ?? {}).length).to.be.below(501)

    const deep = await readText('a.xes', xes(trace(paid('<string key="k" value="v">'.repeat(200)))))
    expect(deep.problems.map(({ message }) => message)).to.deep.equal([
      'the rest cannot be read: more than 128 elements inside one another',
    ])

    const huge = await readText('a.xes', xes(trace(paid(string('text', 'x'.repeat(10 << 20))) + paid())))
    expect(huge.problems.map(({ message }) => message)).to.deep.equal(['the rest cannot be read: a tag or a text of more than 8 MiB'])
  })

  it('knows no entity of the log, and fetches nothing', async () => {
    for (const doctype of ['<!DOCTYPE log SYSTEM "file:///etc/passwd">', '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>']) {
      const { events, problems } = await readText(
        'a.xes',
        `<?xml version="1.0"?>${doctype}<log><trace>${string('concept:name', '&x;')}${paid()}</trace></log>`,
      )
      expect(events).to.deep.equal([])
      expect(problems).to.have.length(1)
    }
    const { problems } = await readText('a.xes', xes(trace(paid(string('a', '&unknown;')))))
    expect(problems[0]?.message).to.match(/^the rest cannot be read: undefined entity/)
  })

  it('goes on past characters that XML does not have, and says so', async () => {
    const { events, notes, problems } = await readText(
      'a.xes',
      xes(trace(paid(string('note', 'a\u0001b')) + paid(string('note', '&#x2;')) + paid())),
    )
    expect(problems).to.deep.equal([])
    expect(events.map(({ attributes }) => attributes?.note)).to.deep.equal(['a\uFFFDb', '&#x2;', undefined])
    expect(notes.map(({ code }) => code)).to.deep.equal(['bad_characters'])
  })

  it('says when it had to guess the encoding', async () => {
    const text = xes(trace(event(string('concept:name', 'Prüfen'), date('2026-01-31T09:00:00Z'))))
    const { events, notes } = await readText('a.xes', Buffer.from(text, 'latin1'))
    expect([events[0]?.activity, notes.map(({ code }) => code)]).to.deep.equal(['Prüfen', ['encoding']])
  })

  it('reads the encodings that logs come in', async () => {
    const text = xes(trace(event(string('concept:name', 'Größe prüfen €'), date('2026-01-31T09:00:00Z'))))
    const utf16 = Buffer.from(`\uFEFF${text.replace('UTF-8', 'UTF-16')}`, 'utf16le')
    const latin = Buffer.from(text.replace('UTF-8', 'ISO-8859-1').replace('€', '').replace(' "', '"'), 'latin1')
    const read = async (bytes: Buffer) => (await readText('a.xes', bytes)).events[0]?.activity.trim()
    expect(await read(Buffer.from(`\uFEFF${text}`))).to.equal('Größe prüfen €')
    expect(await read(utf16)).to.equal('Größe prüfen €')
    expect(await read(Buffer.from(utf16).swap16())).to.equal('Größe prüfen €')
    expect(await read(latin)).to.equal('Größe prüfen')
  })

  it('property: a file that is cut off anywhere gives the events that were whole, and says so', async () => {
    const whole = xes(trace(paid(string('a', 'ü€😀'), '<int key="n" value="1"/>').repeat(5)) + trace(paid().repeat(3)))
    const bytes = Buffer.from(whole)
    const packed = gzipSync(bytes)
    const { events: all } = await readText('a.xes', bytes)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 8 }), fc.boolean(), async (at, gzip) => {
        const cut = gzip ? packed.subarray(0, Math.max(20, Math.floor((at * packed.length) / bytes.length))) : bytes.subarray(0, at)
        const { events, problems } = await readText('a.xes', cut, { format: 'xes' })
        expect(events).to.deep.equal(all.slice(0, events.length))
        expect(problems.some(({ fatal }) => fatal)).to.equal(true)
      }),
      { numRuns: 60 },
    )
  })

  it('property: damage anywhere throws nothing, and every event that comes fits the schema', async () => {
    const { schemaOf } = await import('../../../../src/events/index.ts')
    const schema = await schemaOf('workflow_events')
    const whole = Buffer.from(
      xes(trace(paid(string('a', 'x'), '<list key="l"><values><int key="k" value="1"/></values></list>').repeat(4))),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(whole)
        for (const [at, byte] of changes) bytes[at] = byte
        const { events } = await readText('a.xes', bytes, { format: 'xes' })
        for (const one of events) expect(schema.safeParse(one).success, JSON.stringify(one)).to.equal(true)
      }),
      { numRuns: 100 },
    )
  })
})

/** Logs of 4TU, which are not ours to carry. */
const LOGS = process.env.SHITOPS_TEST_LOGS ?? resolve('../shared/data/workflow')

describe('collectors/workflow/formats: published logs', () => {
  const known: Array<[file: string, events: number, cases: number, activities: number]> = [
    ['08_receipt.xes.gz', 8_577, 1_434, 27],
    ['15_bpic2020_permit_log_1t_per_variant.xes.gz', 26_028, 1_478, 51],
    ['bpic2020_cleaned_DomesticDeclarations.xes.gz', 55_628, 10_357, 14],
    ['running-example.xes', 42, 6, 8],
    ['roadtraffic100traces.xes', 390, 100, 10],
    ['receipt.csv', 8_577, 1_434, 27],
  ]
  for (const [file, events, cases, activities] of known) {
    it(`${file} has the events, cases and activities that its publisher says`, async function () {
      const path = join(LOGS, file)
      if (!existsSync(path)) {
        console.log(`      skipped: ${file} is not there (SHITOPS_TEST_LOGS names the folder)`)
        this.skip()
      }
      const read = await readFileLog(path)
      expect(read.problems).to.deep.equal([])
      expect(read.events).to.have.length(events)
      expect(new Set(read.events.map(({ case_id }) => case_id)).size).to.equal(cases)
      expect(new Set(read.events.map(({ activity }) => activity)).size).to.equal(activities)
    })
  }
})
