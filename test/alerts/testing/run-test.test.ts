import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runTestFile } from '../../../src/alerts/testing/run-files.ts'

const SQL = `-- A device is hot
-- severity: warning
-- channel: operations
-- for: 1m
-- keep_firing_for: 0s
-- holds: 1m
-- time: event_time
-- subject: target
-- observed: heat Cel
-- summary: {target} is at {heat}
-- advice: cool it
SELECT event_time, target, \`value\` AS heat FROM device_metrics WHERE metric = 'temperature' AND \`value\` > 40`

const test = (expected: string, series = '30 50x3 30x5') => `insight: ./hot.sql
tests:
  - name: it is hot for two minutes
    interval: 30s
    input:
      - topic: device_metrics
        record: { target: a, metric: temperature, unit: Cel }
        series: { value: ${series} }
    expect:
${expected}`

describe('a test of an insight', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-insight-'))
    await writeFile(join(dir, 'hot.sql'), SQL)
  })
  afterEach(() => rm(dir, { recursive: true }))

  async function run(yaml: string) {
    await writeFile(join(dir, 'hot.yaml'), yaml)
    return (await runTestFile(join(dir, 'hot.yaml'))).tests[0] ?? expect.fail()
  }

  it('passes when rows, alerts and summaries are those expected', async () => {
    const { differences } = await run(
      test(`      changes:
        - { at: 30s, subject: a, observed: 50 }
        - { at: 3m, subject: a, active: false }
      alerts: { 29s: {}, 30s: { pending: [a] }, 89s: { pending: [a] }, 90s: { firing: [a] }, 3m: {} }
      summaries: [a is at 50]`),
    )
    expect(differences).to.deep.equal([])
  })

  it('takes 50x3 and 0x5 for series, alone too', async () => {
    const { differences } = await run(test('      rows: []', '0x5'))
    expect(differences).to.deep.equal([])
    const hot = await run(
      test('      summaries: [a is at 50]\n      changes: [{ at: 0s, subject: a }, { at: 2m30s, subject: a, active: false }]', '50x3'),
    )
    expect(hot.differences).to.deep.equal([])
  })

  it('fails with what is missing and what is too much', async () => {
    const { passed, differences } = await run(
      test(`      changes:
        - { at: 30s, subject: a, observed: 51 }
        - { at: 3m, subject: a, active: false }
      alerts: { 90s: { firing: [b] } }
      summaries: []`),
    )
    expect(passed).to.equal(false)
    expect(differences).to.deep.equal([
      'changes (- expected, + found):',
      '  - 30s a holds 51',
      '  + 30s a holds 50',
      'alerts at 90s (- expected, + found):',
      '  - firing b',
      '  + firing a',
      'summaries (- expected, + found):',
      '  + a is at 50',
    ])
  })

  for (const [what, yaml, message] of [
    ['an unknown field', test('      rowz: []'), /line \d+: tests\[0\]\.expect: .*rowz/],
    ['a time that is none', test('      rows: [{ at: soon, subject: a }]'), /tests\[0\]\.expect\.rows\[0\]\.at: is no duration/],
    [
      'a topic that there is not',
      test('      rows: []').replace('topic: device_metrics', 'topic: metrics'),
      /input\[0\]\.topic: is no topic/,
    ],
    ['a record that the schema refuses', test('      rows: []', 'hot'), /a record of device_metrics: value/],
    ['text that is no YAML', 'insight: [', /hot\.yaml, line 1/],
  ] as const) {
    it(`is refused for ${what}`, async () => {
      const error = await run(yaml).then(
        () => expect.fail('it was accepted'),
        (e: unknown) => e as Error & { code: string },
      )
      expect(error.code).to.equal('SHITOPS_E_INSIGHT')
      expect(error.message).to.match(message)
    })
  }
})
