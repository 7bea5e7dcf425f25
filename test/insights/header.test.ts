import { expect } from 'chai'
import { ShitopsError } from '../../src/base/errors.ts'
import { parseInsight } from '../../src/insights/header.ts'
import { planInsight } from '../../src/insights/plan.ts'
import { fill } from '../../src/insights/template.ts'

const LINES = [
  'A laptop is busy',
  '',
  'Over all its cores.',
  'Not more.',
  '',
  'severity: warning',
  'channel: operations',
  'for: 1m30s',
  'keep_firing_for: 30s',
  'holds: 10s',
  'time: event_time',
  'subject: target, instance',
  'observed: load ratio',
  'expected: 0 to 0.9',
  'summary: {target} is {load%}',
  '  busy',
  'advice: wait',
  'evidence: device_metrics record_partition record_offset cpu_load {load}',
]
const QUERY =
  "SELECT event_time, target, instance, `value` AS load, record_partition, record_offset FROM device_metrics WHERE metric = 'cpu_load'"
const text = (lines: readonly string[] = LINES, query = QUERY) =>
  [...lines.map((line) => (line === '' ? '--' : `-- ${line}`)), query].join('\n')
/** The header with the line that begins so replaced, or left out. */
const changed = (begin: string, line?: string) =>
  LINES.flatMap((each) => (each.startsWith(begin) ? (line === undefined ? [] : [line]) : [each]))

function refused(sql: string, name = 'busy'): ShitopsError {
  try {
    parseInsight(sql, name)
  } catch (error) {
    expect(error).to.be.instanceOf(ShitopsError)
    return error as ShitopsError
  }
  return expect.fail('it was accepted')
}

describe("an insight's header", () => {
  it('is title, words and policy', () => {
    const { sql, ...insight } = parseInsight(text(), 'busy')
    expect(sql).to.equal(text())
    expect(insight).to.deep.equal({
      name: 'busy',
      title: 'A laptop is busy',
      about: 'Over all its cores.\nNot more.',
      rows: {
        time: 'event_time',
        subject: ['target', 'instance'],
        holds: 10_000,
        labels: [],
        observed: { column: 'load', unit: 'ratio', expectedLow: 0, expectedHigh: 0.9 },
        evidence: [{ topic: 'device_metrics', partition: 'record_partition', offset: 'record_offset', excerpt: 'cpu_load {load}' }],
      },
      alert: {
        ...{ severity: 'warning', channel: 'operations', for: 90_000, keepFiringFor: 30_000 },
        ...{ summary: '{target} is {load%} busy', advice: 'wait' },
      },
    })
  })

  it('has a band that may be open', () => {
    const band = (expected: string) => parseInsight(text(changed('expected', `expected: ${expected}`)), 'busy').rows.observed
    expect(band('from 20')).to.include({ expectedLow: 20 }).and.not.have.property('expectedHigh')
    expect(band('to 0.9')).to.include({ expectedHigh: 0.9 }).and.not.have.property('expectedLow')
    expect(band('-1 to -0.6')).to.include({ expectedLow: -1, expectedHigh: -0.6 })
  })

  for (const [what, lines, line, message] of [
    ['a key that there is not', changed('for', 'fro: 30s'), 8, 'no "fro"'],
    ['a key that is there twice', [...LINES, 'for: 30s'], 19, 'in line 8'],
    ['a key that is missing', changed('advice'), 17, '"advice" is missing'],
    ['a key without a value', changed('advice', 'advice:'), 17, '"advice" is empty'],
    ['words after the policy', [...LINES, 'and more'], 19, 'no "key: value"'],
    ['a severity that there is not', changed('severity', 'severity: page'), 6, '"page" is no severity'],
    ['a duration without a unit', changed('for', 'for: 90'), 8, '"90" is no duration'],
    ['rows that stand for no time', changed('holds', 'holds: 0s'), 10, 'must stand for some time'],
    ['a subject that is no list of columns', changed('subject', 'subject: target instance'), 12, 'no name of a column'],
    ['an observed column without a unit', changed('observed', 'observed: load'), 13, 'is not COLUMN UNIT'],
    ['a band upside down', changed('expected', 'expected: 0.9 to 0'), 14, 'upside down'],
    ['a band that is none', changed('expected', 'expected: some'), 14, 'is no band'],
    ['evidence in a topic that there is not', changed('evidence', 'evidence: devices p o text'), 18, 'no topic devices'],
    ['evidence without its columns', changed('evidence', 'evidence: device_metrics'), 18, 'is no evidence'],
  ] as const) {
    it(`is refused for ${what}, with its line`, () => {
      const { code, message: said } = refused(text(lines))
      expect(code).to.equal('SHITOPS_E_INSIGHT')
      expect(said).to.include(`insight busy, line ${line}: `).and.include(message)
    })
  }

  it('is refused for a file without one, and for a name that is none', () => {
    expect(refused('SELECT 1').message).to.include('line 1: there is no header')
    expect(refused(text(), 'Busy-laptops').message).to.include('is no name for an insight')
  })
})

describe("an insight's query", () => {
  const planned = async (sql: string) => planInsight(parseInsight(sql, 'busy'))
  const refusal = async (sql: string): Promise<string> => {
    const error = await planned(sql).then(
      () => expect.fail('it was accepted'),
      (e: unknown) => e as ShitopsError,
    )
    return `${error.code} ${error.message}`
  }

  it('gives rows with subject, time, labels and values as JSON has them', async () => {
    const { read, changing } = await planned(text([...LINES.slice(0, 17), 'labels: instance']))
    expect(changing).to.equal(false)
    expect(read([Date.UTC(2026, 0, 1), 'a', 'b', 0.5, 1, 7])).to.deep.equal({
      ...{ insight: 'busy', subject: 'a/b', time: Date.UTC(2026, 0, 1), active: true, labels: { instance: 'b' } },
      values: { event_time: '2026-01-01T00:00:00.000Z', target: 'a', instance: 'b', load: 0.5, record_partition: 1, record_offset: 7 },
    })
    expect(read([Date.UTC(2026, 0, 1), null, 'b', 0.5, 1, 7])).to.equal(undefined)
    expect(read([null, 'a', 'b', 0.5, 1, 7])).to.equal(undefined)
  })

  it('must have the columns that the header names, of types that fit', async () => {
    expect(await refusal(text(changed('time', 'time: event_tme'))))
      .to.include('SHITOPS_E_INSIGHT')
      .and.include('no column "event_tme"')
    expect(await refusal(text(changed('time', 'time: target')))).to.include('column "target" is VARCHAR')
    expect(await refusal(text(changed('observed', 'observed: target name')))).to.include('column "target" is VARCHAR')
    expect(await refusal(text(changed('summary', 'summary: {host}')))).to.include('summary: the query has no column "host"')
    expect(await refusal(text(changed('advice', 'advice: {load:days}')))).to.include('{load:days} asks for a format')
  })

  it('is one SELECT over topics', async () => {
    expect(await refusal(text(LINES, `${QUERY}; ${QUERY}`))).to.include('is not one SELECT')
    expect(await refusal(text(LINES, 'SELECT * FROM devices')))
      .to.include('SHITOPS_E_SQL_PLAN')
      .and.include('no table devices')
    expect(await refusal(text(LINES, 'SELEC 1')))
      .to.include('SHITOPS_E_SQL_SYNTAX')
      .and.include('line 19')
  })
})

describe('a template', () => {
  it('shows numbers, ratios, durations, rates, NULL and columns that are not there', () => {
    const values = { a: 0.123456, n: 12345, r: 0.0345, s: 3725, b: 2_500_000, none: null, t: 'x' }
    expect(fill('{a} {n} {r%} {s:duration} {b:bps} {none} {t} {missing}', values)).to.equal('0.1235 12345 3.5 % 1h 2m 2.5 Mbit/s ? x ?')
  })
})
