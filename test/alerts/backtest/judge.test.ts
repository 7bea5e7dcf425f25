import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { boundedBus } from '../../../src/alerts/backtest/bounded-bus.ts'
import { judge } from '../../../src/alerts/backtest/judge.ts'
import { parseLabels } from '../../../src/alerts/backtest/labels.ts'
import { openBus } from '../../../src/bus/open.ts'
import { thrownBy } from '../../support/thrown-by.ts'

const MINUTE = 60_000
const fired = (insight: string, subject: string, minute: number) => ({ insight, subject, firedAt: minute * MINUTE })
const exact = { before: 0, after: 0 }

describe('a verdict on alerts', () => {
  it('counts alerts that a window explains, and windows that were noticed, with how early', () => {
    const windows = [
      { insight: 'loss', subject: 'access-*', start: 10 * MINUTE, end: 20 * MINUTE, harm: 18 * MINUTE },
      { insight: 'loss', start: 50 * MINUTE, end: 60 * MINUTE },
    ]
    const verdict = judge(
      windows,
      [fired('loss', 'access-1', 12), fired('loss', 'access-1', 14), fired('loss', 'core-1', 12), fired('other', 'access-1', 55)],
      exact,
    )
    expect(verdict).to.deep.include({ precision: 0.5, recall: 0.5, lead: 6 * MINUTE })
    expect(verdict.wrong.map(({ subject }) => subject)).to.deep.equal(['core-1', 'access-1'])
    expect(verdict.windows[1]).to.not.have.property('alert')
  })

  it('gives alerts the time before and after a window that it is told to', () => {
    const window = [{ start: 10 * MINUTE, end: 20 * MINUTE }]
    const recall = (minute: number, options = exact) => judge(window, [fired('a', 'b', minute)], options).recall
    expect([recall(9), recall(10), recall(20), recall(21)]).to.deep.equal([0, 1, 1, 0])
    expect([recall(9, { before: MINUTE, after: 0 }), recall(21, { before: 0, after: MINUTE })]).to.deep.equal([1, 1])
    expect(judge(window, [fired('a', 'b', 25)], { before: 0, after: 10 * MINUTE }).lead).to.equal(-5 * MINUTE)
  })

  it('shares out nothing where there is nothing', () => {
    expect(judge([], [], exact)).to.include({ precision: null, recall: null, lead: null })
  })
})

describe('labelled windows', () => {
  const expected = [{ insight: 'loss', subject: 'a,b', start: Date.parse('2026-03-31T14:00:00Z'), end: Date.parse('2026-03-31T14:20:00Z') }]

  it('are read from YAML, JSON and CSV', async () => {
    const entry = '{ insight: loss, subject: "a,b", start: 2026-03-31T14:00:00Z, end: 2026-03-31T16:20:00+02:00 }'
    expect(await parseLabels(`- ${entry}`, 'x.yaml')).to.deep.equal(expected)
    expect(await parseLabels(`windows:\n  - ${entry}`, 'x.yaml')).to.deep.equal(expected)
    expect(await parseLabels(JSON.stringify(expected), 'x.json')).to.deep.equal(expected)
    expect(await parseLabels('insight,subject,start,end\nloss,"a,b",2026-03-31T14:00:00Z,1774967000000\n', 'x.csv')).to.have.length(1)
    expect(await parseLabels('subject,start,end\n,2026-03-31T14:00:00Z,2026-03-31T14:20:00Z\n', 'x.csv')).to.deep.equal([
      { start: expected[0]?.start, end: expected[0]?.end },
    ])
  })

  it('say where they are wrong', async () => {
    for (const [text, where] of [
      [
        '- { start: 2026-03-31T14:00:00Z, end: 2026-03-31T14:20:00Z }\n- { start: soon, end: 2026-03-31T14:20:00Z }',
        'x.yaml:2: start "soon" is no time',
      ],
      ['- { start: 15m, end: 1h }', 'start "15m" is no time'],
      ['- { strat: 1 }', '"strat" is nothing that a window has'],
      ['- { start: 2026-03-31T14:00:00Z, end: 2026-03-31T13:00:00Z }', 'ends before it begins'],
      ['- { start: 2026-03-31T14:00:00Z }', '"end" is missing'],
      ['a: 1', 'no list of windows'],
      ['- [', 'x.yaml:1'],
    ] as const) {
      const error = await thrownBy(() => parseLabels(text, 'x.yaml'))
      expect(error.code, text).to.equal('SHITOPS_E_BACKTEST_LABELS')
      expect(error.message).to.include(where)
    }
  })
})

describe('the bus as it was', () => {
  it('ends where it ended then; last states are there from their beginning', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'shitops-bounded-'))
    const bus = await openBus(`embedded:${dir}`)
    try {
      for (const [name, policy] of [
        ['plain', 'delete'],
        ['state', 'compact'],
      ] as const) {
        await bus.createTopic({ name, partitions: 1, config: { 'cleanup.policy': policy } })
        await bus.append(
          name,
          [1_000, 2_000, 3_000].map((timestamp) => ({ key: String(timestamp), value: 'x', timestamp })),
        )
      }
      const then = boundedBus(bus, 3_000)
      expect((await then.offsets('plain')).map(({ latest }) => latest)).to.deep.equal([2])
      expect((await boundedBus(bus, undefined).offsets('plain')).map(({ latest }) => latest)).to.deep.equal([3])
      expect(await then.offsetsAt('plain', 2_000)).to.deep.equal([{ partition: 0, offset: 1 }])
      expect(await then.offsetsAt('state', 2_000)).to.deep.equal([{ partition: 0, offset: 0 }])
      expect(await then.listTopics()).to.include('plain')
    } finally {
      await bus.close()
      await rm(dir, { recursive: true })
    }
  })
})
