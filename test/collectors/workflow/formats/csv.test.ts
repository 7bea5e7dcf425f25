import { expect } from 'chai'
import fc from 'fast-check'
import { CsvSplitter, delimiterOf } from '../../../../src/collectors/workflow/formats/csv-rows.ts'
import { thrownBy } from '../../../support/thrown-by.ts'
import { readText } from './support.ts'

const times = async (column: readonly string[], options = {}) => {
  const rows = column.map((time, i) => `c${i};step;${time}`)
  return readText('a.csv', ['case;activity;timestamp', ...rows].join('\n'), options)
}
const timesOf = async (column: readonly string[], options = {}) => (await times(column, options)).events.map(({ event_time }) => event_time)

describe('collectors/workflow/formats: CSV', () => {
  it('finds columns by their usual names, types the others, and puts case: columns with the case', async () => {
    const text = `\uFEFFCase ID,Activity,Complete Timestamp,Resource,Amount,page,urgent,po,case:vendor
INV-1,"Approve, finally",2026-01-31 09:00:00.123+01:00,Ann,18250.40,3,TRUE,007,ACME
INV-2,"Say ""no""",2026-01-31T10:00:00Z,,,,,,`
    const { events, problems, mapping, lines } = await readText('invoices.csv', text)
    expect(problems).to.deep.equal([])
    expect(events).to.deep.equal([
      {
        ...{ event_time: '2026-01-31T08:00:00.123Z', case_id: 'INV-1', activity: 'Approve, finally', lifecycle: 'completed' },
        ...{ process: 'invoices', person: 'Ann', amount: 18_250.4 },
        ...{ case_attributes: { vendor: 'ACME' }, attributes: { page: 3, urgent: true, po: '007' } },
      },
      { event_time: '2026-01-31T10:00:00.000Z', case_id: 'INV-2', activity: 'Say "no"', lifecycle: 'completed', process: 'invoices' },
    ])
    expect(lines).to.deep.equal([2, 3])
    expect(mapping).to.deep.equal(['case=Case ID', 'activity=Activity', 'time=Complete Timestamp', 'resource=Resource', 'amount=Amount'])
  })

  it('takes the columns that --map names, in any case of letters, and helps where one is not there', async () => {
    const text = 'Invoice No\tStep\tDone at\n1\tpay\t2026-01-31\n'
    const map = { case: 'invoice no', activity: 'Step', time: 'Done at' }
    expect((await readText('a.tsv', text, { map })).events[0]).to.include({
      case_id: '1',
      activity: 'pay',
      event_time: '2026-01-31T00:00:00.000Z',
    })
    const unknown = await thrownBy(() => readText('a.tsv', text, { map: { ...map, time: 'Done' } }))
    expect([unknown.code, unknown.message.replace(/^.*\/a/, 'a')]).to.deep.equal([
      'SHITOPS_E_USAGE',
      'a.tsv has no column "Done" for the time',
    ])
    const missing = await thrownBy(() => readText('a.tsv', text))
    expect(missing.message).to.match(/no column of .*a\.tsv is known to hold the case/)
    expect(missing.suggestions[0]).to.equal('--map case=COLUMN; the columns are "Invoice No", "Step", "Done at"')
  })

  it('makes two events of a row that says when the work began and when it was done', async () => {
    const text = 'case,activity,start time,end time\n1,check,2026-01-31T09:00:00Z,2026-01-31T10:00:00Z\n'
    const { events } = await readText('a.csv', text)
    expect(events.map(({ event_time, lifecycle }) => [event_time, lifecycle])).to.deep.equal([
      ['2026-01-31T09:00:00.000Z', 'started'],
      ['2026-01-31T10:00:00.000Z', 'completed'],
    ])
  })

  it('tells the line of rows that cannot be used, also after quoted line breaks, and reads on', async () => {
    const text =
      'case,activity,time,note\r\n1,a,2026-01-31,"two\r\nlines"\r\n2,,2026-01-31,\r\n3,b,never,\r\n4,c,2026-01-31,x,y\r\n5,"d,2026-01-31,\r\n6,e,2026-01-31,\r\n'
    const { events, problems } = await readText('a.csv', text)
    expect(events.map(({ case_id }) => case_id)).to.deep.equal(['1', '6'])
    expect(problems.map(({ place, message }) => [place.line, message.slice(0, 24)])).to.deep.equal([
      [4, 'activity is missing: an '],
      [5, 'time: a text of 5 charac'],
      [6, '5 fields where the heade'],
      [7, 'a quote that is not clos'],
    ])
  })

  it('tells the delimiter, and an Excel that says it', () => {
    expect(delimiterOf('a;b;c\n1;2,5;3\n')).to.equal(';')
    expect(delimiterOf('a|b\n1|2\n')).to.equal('|')
    expect(delimiterOf('sep=\t\na,b\tc\n')).to.equal('\t')
    expect(delimiterOf('a,"b;c;d",e\n1,"x;y;z",2\n')).to.equal(',')
  })

  it('skips the line in which Excel says the delimiter, and reads what Windows wrote', async () => {
    const text = 'sep=;\r\ncase;activity;time\r\n1;Prüfen;31.01.2026 09:00\r\n'
    const { events } = await readText('a.csv', Buffer.from(text, 'latin1'), { zone: 'Europe/Berlin' })
    expect(events[0]).to.include({ activity: 'Prüfen', event_time: '2026-01-31T08:00:00.000Z' })
  })

  it('replaces bytes that are not of the encoding, and says so', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => `${i},step,2026-01-31,${'x'.repeat(30)}`).join('\n')
    const bytes = Buffer.concat([
      Buffer.from(`case,activity,time,note\n${rows}\n`),
      Buffer.from([0x31, 0x2c, 0xff, 0x2c]),
      Buffer.from('2026-01-31,\n'),
    ])
    const { events, notes } = await readText('a.csv', bytes)
    expect(events.at(-1)?.activity).to.equal('\uFFFD')
    expect(notes.map(({ code }) => code)).to.include('bad_bytes')
    expect((await thrownBy(() => readText('a.csv', bytes, { encoding: 'klingon' }))).code).to.equal('SHITOPS_E_USAGE')
  })
})

describe('collectors/workflow/formats: dates in CSV', () => {
  it('reads the forms that tables have', async () => {
    const column = [
      '2026-01-31 09:00',
      '20260131',
      '20260131T090000',
      '1769850000',
      '1769850000123',
      '2026/1/31 9:00 PM',
      '31-Jan-2026 09:00:05',
      'Jan 31, 2026',
      'Sat, 31 Jan 2026 09:00:00 GMT',
      '31/01/26',
    ]
    expect(await timesOf(column)).to.deep.equal([
      '2026-01-31T09:00:00.000Z',
      '2026-01-31T00:00:00.000Z',
      '2026-01-31T09:00:00.000Z',
      '2026-01-31T09:00:00.000Z',
      '2026-01-31T09:00:00.123Z',
      '2026-01-31T21:00:00.000Z',
      '2026-01-31T09:00:05.000Z',
      '2026-01-31T00:00:00.000Z',
      '2026-01-31T09:00:00.000Z',
      '2026-01-31T00:00:00.000Z',
    ])
  })

  it('tells day from month by any row of the file, also one far behind the first', async () => {
    const many = Array.from({ length: 2_500 }, () => '03/04/2026 09:00')
    expect((await timesOf([...many, '04/13/2026 09:00']))[0]).to.equal('2026-03-04T09:00:00.000Z')
    expect((await timesOf([...many, '13/04/2026 09:00']))[0]).to.equal('2026-04-03T09:00:00.000Z')
  })

  it('says when nothing tells, and does as it is told', async () => {
    const { events, notes } = await times(['03/04/2026'])
    expect(events[0]?.event_time).to.equal('2026-04-03T00:00:00.000Z')
    expect(notes.map(({ code }) => code)).to.include('ambiguous_dates')
    expect(await timesOf(['03/04/2026'], { dateOrder: 'mdy' })).to.deep.equal(['2026-03-04T00:00:00.000Z'])
  })

  it('refuses days that there are not', async () => {
    const { problems } = await times(['31/02/2026', '2026-13-01', '25:00', '0000000000000'])
    expect(problems.map(({ place }) => place.line)).to.deep.equal([2, 3, 4])
  })
})

describe('collectors/workflow/formats: rows of CSV', () => {
  const quoted = (field: string) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)
  const field = fc.string({ unit: fc.constantFrom('a', 'ü', '😀', ',', '"', '\n', '\r', ' ', ';'), maxLength: 8 })

  it('property: whatever is written by RFC 4180 is read back, with its lines, however it is cut into pieces', () => {
    const row = fc.array(field, { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(200), { maxLength: 6 }),
        (rows, newline, cuts) => {
          const text = rows.map((fields) => fields.map(quoted).join(',') + newline).join('')
          const splitter = new CsvSplitter(',')
          const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
          const read = places.slice(1).flatMap((end, i) => splitter.write(text.slice(places[i], end)))
          read.push(...splitter.end())
          expect(read.map(({ fields }) => fields)).to.deep.equal(rows)
          let line = 1
          const lines = rows.map((fields) => {
            const at = line
            line += fields.reduce((sum, one) => sum + (one.match(/\r\n|\r|\n/g)?.length ?? 0), 1)
            return at
          })
          expect(read.map((one) => one.line)).to.deep.equal(lines)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('goes on behind a quote that is never closed, in a file of any size', () => {
    const splitter = new CsvSplitter(',')
    const rows = [
      ...splitter.write('a,"b\n'),
      ...Array.from({ length: 300 }, (_, i) => splitter.write(`${i},${'x'.repeat(5_000)}\n`)).flat(),
      ...splitter.end(),
    ]
    expect(rows).to.have.length(301)
    expect(rows[0]).to.include({ line: 1, problem: 'a quote that is not closed, or a row of more than 1 MiB' })
    expect(rows[300]?.line).to.equal(301)
  })
})
