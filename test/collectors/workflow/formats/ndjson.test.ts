import { expect } from 'chai'
import fc from 'fast-check'
import { sniff } from '../../../../src/collectors/workflow/formats/sniff.ts'
import { examplesOf } from '../../../../src/events/index.ts'
import { readText } from './support.ts'

describe('collectors/workflow/formats: NDJSON', () => {
  it('reads our own events, as they are and as tail prints their records', async () => {
    const { full, minimal } = await examplesOf('workflow_events')
    const record = { topic: 'workflow_events', partition: 0, offset: 7, timestamp: 0, key: 'k', headers: {}, value: full }
    const lines = [full, minimal, record].map((line) => JSON.stringify(line))
    const { events, problems } = await readText('a.ndjson', lines.join('\n'), { process: 'p' })
    expect(problems).to.deep.equal([])
    expect(events).to.deep.equal([full, { ...minimal, process: 'p' }, full])
  })

  it("reads the collector's lines, in which due is the case's", async () => {
    const line = {
      id: 'e-1',
      case_id: 'c',
      activity: 'pay',
      time: '2026-01-30T09:00:00+01:00',
      lifecycle: 'start',
      case_type: 'p2p',
      resource: 'a',
      due: '2026-01-31T00:00:00Z',
    }
    const { events } = await readText('a.ndjson', JSON.stringify(line))
    expect(events).to.deep.equal([
      {
        ...{
          event_time: '2026-01-30T08:00:00.000Z',
          case_id: 'c',
          activity: 'pay',
          lifecycle: 'started',
          process: 'p2p',
          event_id: 'e-1',
          person: 'a',
        },
        case_due_at: '2026-01-31T00:00:00.000Z',
      },
    ])
  })

  it('reads flat objects of anybody with --map, and flattens what is nested', async () => {
    const line = { ticket: 7, what: { step: 'close' }, at: '2026-01-30 09:00', tags: ['a', 'b'], note: null }
    const { events } = await readText('a.json', `${JSON.stringify(line)}\n`, { map: { case: 'ticket', activity: 'what/step', time: 'at' } })
    expect(events[0]).to.deep.include({ case_id: '7', activity: 'close', event_time: '2026-01-30T09:00:00.000Z' })
    expect(events[0]?.attributes).to.deep.equal({ tags: '["a","b"]', note: null })
  })

  it('finds fields by the usual names, however those are written', async () => {
    const { events } = await readText(
      'a.ndjson',
      JSON.stringify({ 'Case ID': 'c', Activity: 'pay', Timestamp: '2026-01-30T09:00:00Z', Resource: 'a' }),
    )
    expect(events[0]).to.include({ case_id: 'c', activity: 'pay', event_time: '2026-01-30T09:00:00.000Z', person: 'a' })
  })

  it('tells lines that are no events, and reads on', async () => {
    const good = JSON.stringify({ case_id: 'c', activity: 'a', time: '2026-01-30T09:00:00Z' })
    const { events, problems } = await readText(
      'a.ndjson',
      `${good}\n\n{"case_id":\n[1]\n{"case_id":"c"}\n{"x":"${'y'.repeat(1 << 20)}"}\n${good}`,
    )
    expect(events).to.have.length(2)
    expect(problems.map(({ place, message }) => [place.line, message.slice(0, 26)])).to.deep.equal([
      [3, 'not a JSON object'],
      [4, 'not a JSON object'],
      [5, 'activity is missing: an ev'],
      [6, 'a line of more than 1 MiB'],
    ])
  })
})

describe('collectors/workflow/formats: telling formats by content', () => {
  const told: Array<[text: string | Buffer, format: ReturnType<typeof sniff>]> = [
    ['<?xml version="1.0"?>\n<!-- made by X --><log xes.version="1.0">\n<trace>', 'xes'],
    ['<log xmlns="http://www.xes-standard.org/"><extension name="Time"', 'xes'],
    ['<?xml version="1.0"?><log><object-types><object-type name="a">', 'ocel-xml'],
    ['<log><event-types/><object-types/><objects>', 'ocel-xml'],
    ['{"objectTypes":[{"name":"a"}],"eventTypes":[]}', 'ocel-json'],
    ['{\n  "events": [\n    {"id":', 'ocel-json'],
    ['{"case_id":"c","activity":"a"}\n{"case_id":"d"}\n', 'ndjson'],
    ['{"case_id":"c","activity":"a"}', 'ndjson'],
    ['case;activity;time\n1;a;2026-01-01\n', 'csv'],
    [Buffer.from('\uFEFFcase,activity\n', 'utf16le'), 'csv'],
    [Buffer.from('\uFEFF<log><trace>', 'utf16le'), 'xes'],
    [Buffer.from('SQLite format 3\0rest'), 'ocel-sqlite'],
    [Buffer.from('PK\u0003\u0004rest'), undefined],
    ['', undefined],
  ]
  for (const [text, format] of told) {
    it(`${JSON.stringify(String(text).slice(0, 40))} is ${format ?? 'none of them'}`, () => {
      expect(sniff(Buffer.from(text))).to.equal(format)
    })
  }

  it('property: no bytes make any reader throw anything but an error of ours', async () => {
    const formats = ['xes', 'csv', 'ndjson', 'ocel-json', 'ocel-xml', 'ocel-sqlite'] as const
    const pieces = fc.array(
      fc.oneof(fc.constantFrom('<log>', '<trace>', '</trace>', '<event>', '{"events":[', '{}', ']', ',', '"', '\n', 'a'), fc.string()),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          pieces.map((list) => Buffer.from(list.join(''))),
        ),
        fc.constantFrom(...formats),
        async (bytes, format) => {
          await readText('a', bytes, { format }).catch((error) => {
            if (error.name !== 'ShitopsError') throw error
          })
        },
      ),
      { numRuns: 150 },
    )
  })
})
