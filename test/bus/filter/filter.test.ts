import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import { readEnvelope } from '../../../src/bus/envelope/read.ts'
import { compileFilter, type FilterRecord } from '../../../src/bus/filter/compile.ts'
import { FilterSyntaxError } from '../../../src/bus/filter/syntax-error.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')

const record = (value: unknown, more: Partial<Omit<FilterRecord, 'header'>> & { headers?: Record<string, string> } = {}): FilterRecord => ({
  topic: 'device_metrics',
  partition: 1,
  offset: 42,
  timestamp: NOW - 60_000,
  key: 'leaf1',
  ...more,
  value,
  header: (name) => more.headers?.[name],
})

const sample = record(
  { metric: 'cpu_load', value: 0.93, instance: null, tags: ['core', 'dc1'], nested: { 'a b': [{ x: 1 }] }, worn: true, 'if-name': 'eth0' },
  { headers: { 'content-type': 'application/json', ce_type: 'shitops.device_metrics.v1' } },
)

describe('filter expressions', () => {
  const holds = [
    'value.metric == "cpu_load" && value.value > 0.9',
    "value.metric == 'cpu_load' and value.value > 0.9",
    'value.metric == "x" or value.value >= 0.93',
    'not value.metric == "x"',
    '!(value.metric == "x")',
    'not value.metric == "x" and partition == 1',
    'NOT value.metric == "x" AND offset <= 42',
    'key in ["leaf1", "leaf2"]',
    'key not in ["leaf2"]',
    'value.tags contains "core"',
    'value.tags not contains "edge"',
    'value.metric contains "cpu"',
    'value.metric matches "^cpu_"',
    'value.metric matches /^CPU/i',
    'value.metric not matches /^mem/',
    'exists value.metric and exists(value.instance) and not exists value.absent',
    'value.instance == null and value.absent == null',
    'value.nested["a b"][0].x == 1',
    'value.tags[1] == "dc1"',
    'value.tags.length == 2',
    'value.if-name == "eth0"',
    'value.worn',
    'headers.content-type == "application/json"',
    'headers["ce_type"] contains "device_metrics"',
    'not exists headers.traceparent',
    'topic == "device_metrics"',
    'timestamp >= @5m',
    'timestamp >= "2026-03-01T11:58:00Z" and timestamp < @2026-03-01T12:00:00Z',
    '"2026-03-01" < timestamp',
    'value.value > -1',
    '"\\u0063pu_load" == value.metric',
  ]
  for (const source of holds) it(`holds: ${source}`, () => expect(compileFilter(source, NOW)(sample)).to.equal(true))

  const fails = [
    'value.value == "0.93"', // no conversion
    'value.value > "0.5"',
    'value.absent > 0',
    'value.absent < 0',
    'value.metric', // only true is true
    'value.tags contains "cor"',
    'value.metric == "x" or value.value > 0.9 and partition == 2', // and before or
    'value.__proto__ == value.absent and exists value.__proto__',
    'value.value matches "9"',
  ]
  for (const source of fails) it(`does not hold: ${source}`, () => expect(compileFilter(source, NOW)(sample)).to.equal(false))

  const wrong: Array<[source: string, column: number, problem: RegExp]> = [
    ['', 1, /expected a field.*got the end/],
    ['value.x >', 10, /expected a field, a value or "\(", got the end/],
    ['value.x = 1', 9, /written ==/],
    ['vlaue.x == 1', 1, /no "vlaue"/],
    ['value.x == "abc', 12, /no closing "/],
    ['value.x == 1 value.y', 14, /expected an operator/],
    ['(value.x == 1', 14, /expected "\)"/],
    ['value.x in 5', 12, /needs a list/],
    ['value.x matches "("', 17, /not a regular expression/],
    ['value.x matches 5', 17, /needs a pattern/],
    ['value. == 1', 8, /field name after/],
    ['value.x == #1', 12, /"#" has no meaning/],
    ['exists 5', 8, /needs a field/],
    ['headers == 1', 1, /headers\.NAME/],
    ['key.x == 1', 1, /key has no fields/],
    ['timestamp > "soon"', 13, /"soon" is not a time/],
    ['timestamp > @nix', 13, /"nix" is not a time/],
    ['value.x matches /a/g', 17, /flags/],
    [`${'('.repeat(500)}true${')'.repeat(500)}`, 101, /deep/],
  ]
  for (const [source, column, problem] of wrong) {
    it(`is wrong at column ${column}: ${source.slice(0, 30)}`, () => {
      const error = thrown(() => compileFilter(source, NOW))
      expect(error).to.be.instanceOf(FilterSyntaxError)
      expect((error as FilterSyntaxError).message).to.match(problem)
      expect((error as FilterSyntaxError).column).to.equal(column)
      expect((error as FilterSyntaxError).exit).to.equal(2)
    })
  }

  it('points at the place and guesses the name', () => {
    const error = thrown(() => compileFilter('vlaue.x == 1', NOW)) as FilterSyntaxError
    expect(error.message).to.match(/\n {2}vlaue\.x == 1\n {2}\^$/)
    expect(error.suggestions).to.deep.equal([`--filter 'value.x == 1'`])
  })

  it('law: any text either compiles or is a FilterSyntaxError, never another failure', () => {
    const word = fc.constantFrom(
      'value',
      '.x',
      '==',
      '(',
      ')',
      '[',
      ']',
      'and',
      'or',
      'not',
      'in',
      '"a"',
      '5',
      '@1m',
      '/a/',
      ',',
      'exists',
      ' ',
      'key',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (source) => {
          const error = thrown(() => compileFilter(source, NOW)(sample))
          return error === undefined || error instanceof FilterSyntaxError
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('law: a comparison and its opposite never both hold, and between numbers one does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ noNaN: true, noDefaultInfinity: true }), (a, b) => {
        const literal = String(b)
        const below = compileFilter(`value.n < ${literal}`, NOW)(record({ n: a }))
        const notBelow = compileFilter(`value.n >= ${literal}`, NOW)(record({ n: a }))
        return below !== notBelow
      }),
    )
  })

  it('law: a string literal equals the text it was written from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        compileFilter(`key == ${JSON.stringify(text)}`, NOW)(record(null, { key: text })),
      ),
    )
  })
})

function thrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('docs/cli.md', () => {
  const page = readFileSync('docs/cli.md', 'utf8')
  const block = (heading: string, fence: string) => page.split(`## ${heading}\n`)[1]?.split(`${fence}\n`)[1]?.split('\n```')[0] ?? ''

  it('shows filters that compile', () => {
    const filters = block('Filters', '```').trim().split('\n')
    expect(filters).to.have.length(4)
    for (const source of filters) compileFilter(source, NOW)
  })

  it('shows a record that produce takes', () => {
    expect(readEnvelope(block('Records', '```json'))).to.have.property('record')
  })
})
