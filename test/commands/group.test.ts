import { expect } from 'chai'
import { numbered, TestBus, until } from '../bus/ops/support.ts'
import { runCli } from '../support/cli.ts'

const T0 = Date.parse('2026-03-01T12:00:00Z')

describe('shitops group', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const env = { SHITOPS_BUS: test.url }
  const group = (...args: string[]) => runCli(['group', ...args], { env })
  const committed = async () =>
    (await test.bus.fetchOffsets('analyze', ['left', 'right']))
      .map(({ topic, partition, offset }) => `${topic}/${partition}=${offset}`)
      .sort()

  before(async () => {
    await test.open()
    await test.topic('left', 2)
    await test.topic('right')
    await test.bus.append(
      'left',
      numbered(10, '', { start: T0 }).map((record, i) => ({ ...record, partition: i % 2 })),
    )
    await test.bus.append('right', numbered(4, '', { start: T0 }))
    const commit = (topic: string, partition: number, offset: number) => ({ topic, partition, offset })
    await test.bus.commitOffsets('analyze', [commit('left', 0, 2), commit('left', 1, 5), commit('right', 0, 1)])
    await test.bus.commitOffsets('gone', [commit('right', 0, 4)])
  })
  after(() => test.close())

  it('list: lag as a sum, as data and for a person', async () => {
    const { groups } = JSON.parse((await group('list', '--json')).stdout)
    expect(groups).to.deep.equal([
      { group: 'analyze', state: 'Empty', members: 0, topics: ['left', 'right'], lag: 6 },
      { group: 'gone', state: 'Empty', members: 0, topics: ['right'], lag: 0 },
    ])
    expect((await group('list')).stdout).to.equal(
      'GROUP    STATE  MEMBERS  LAG  TOPICS\nanalyze  Empty        0    6  left right\ngone     Empty        0    0  right\n',
    )
  })

  it('describe: offsets and lag by partition', async () => {
    const { stdout } = await group('describe', 'analyze')
    expect(stdout).to.equal(
      [
        'group    analyze',
        'state    Empty',
        'members  0',
        '',
        'TOPIC  PARTITION  COMMITTED  LATEST  LAG  MEMBER',
        'left           0          2       5    3  -',
        'left           1          5       5    0  -',
        'right          0          1       4    3  -',
        '',
      ].join('\n'),
    )
    const unknown = await group('describe', 'analyse')
    expect([unknown.code, unknown.stderr.includes('did you mean analyze?')]).to.deep.equal([2, true])
  })

  it('says unknown, never 0, where the lag is not known', async () => {
    await test.topic('temporary')
    await test.bus.commitOffsets('orphan', [{ topic: 'temporary', partition: 0, offset: 0 }])
    await runCli(['replay', 'right', '--to-topic', 'temporary', '--token', 'nightly'], { env })
    const { groups } = JSON.parse((await group('list', '--json')).stdout)
    const lags = Object.fromEntries(groups.map(({ group: name, lag }: { group: string; lag: number | null }) => [name, lag]))
    expect(lags).to.deep.equal({ analyze: 6, gone: 0, orphan: 4, 'replay.nightly': null })
    expect((await group('list')).stdout).to.match(/^replay\.nightly +Empty +0 +unknown +temporary$/m)
    expect((await group('list', '--output', 'csv')).stdout).to.match(/^replay\.nightly,Empty,0,,temporary\r$/m)
  })

  it('cli point 24: reset shows the plan, and does it only with --yes', async () => {
    const before = await committed()
    const plan = await group('reset', 'analyze', '--to', '@2026-03-01T12:00:03Z', '--dry-run')
    expect([plan.code, plan.stdout]).to.deep.equal([
      0,
      [
        'TOPIC  PARTITION  BEFORE  AFTER  LAG',
        'left           0       2      2    3',
        'left           1       5      1    4',
        'right          0       1      3    1',
        '',
      ].join('\n'),
    ])
    const refused = await group('reset', 'analyze', '--to', 'start')
    expect([refused.code, refused.stderr.includes('SHITOPS_E_CONFIRM')]).to.deep.equal([2, true])
    expect(await committed()).to.deep.equal(before)
    expect((await group('reset', 'analyze', '--topic', 'left', '--partition', '1', '--to', '-2', '--yes')).code).to.equal(0)
    expect(await committed()).to.deep.equal(['left/0=2', 'left/1=3', 'right/0=1'])
    const all = JSON.parse((await group('reset', 'analyze', '--to', 'end', '--yes', '--json')).stdout)
    expect(all).to.deep.include({ group: 'analyze', applied: true, dryRun: false })
    expect(await committed()).to.deep.equal(['left/0=5', 'left/1=5', 'right/0=4'])
  })

  it('reset is refused for the token of a replay, whose position it would lose', async () => {
    await test.bus.commitOffsets('replay.job', [{ topic: 'left', partition: 0, offset: 1 }])
    const { code, stderr } = await runCli(['group', 'reset', 'replay.job', '--to', 'start', '--yes'], { env })
    expect(code).to.equal(2)
    expect(stderr).to.contain('the token of a replay')
    await test.bus.deleteGroup('replay.job')
  })

  it('reset says that a group has no offsets, instead of showing an empty plan', async () => {
    const stop = new AbortController()
    const consuming = test.bus.consume({
      ...{ group: 'fresh', topics: ['right'], start: 'earliest', signal: stop.signal },
      onBatch: async () => {},
      onAssigned: () => stop.abort(),
    })
    await consuming
    for (const flag of ['--yes', '--dry-run']) {
      const { code, stdout, stderr } = await group('reset', 'fresh', '--to', 'start', flag)
      expect([code, stdout]).to.deep.equal([2, ''])
      expect(stderr).to.contain('the group fresh has no offsets: there is nothing to reset (SHITOPS_E_USAGE)')
    }
    expect((await group('reset', 'fresh', '--to', 'end', '--topic', 'right', '--yes')).code).to.equal(0)
    await test.bus.deleteGroup('fresh')
  })

  it('reset is refused with exit 75 while the group has members', async () => {
    const stop = new AbortController()
    let assigned = false
    const consuming = test.bus.consume({
      group: 'busy',
      topics: ['right'],
      start: 'earliest',
      signal: stop.signal,
      onBatch: async (batch, claim) => claim.commit(batch.nextOffset),
      onAssigned: () => {
        assigned = true
      },
    })
    await until('the member', () => assigned)
    for (const flag of ['--yes', '--dry-run']) {
      const { code, stderr } = await group('reset', 'busy', '--to', 'start', flag)
      expect([code, stderr.includes('SHITOPS_E_GROUP_ACTIVE')], flag).to.deep.equal([75, true])
    }
    expect((await group('describe', 'busy')).stdout).to.match(/^right +0 .*@/m)
    stop.abort()
    await consuming
  })

  const wrong: Array<[what: string, args: string[], code: string]> = [
    ['an unknown group', ['reset', 'analyse', '--to', 'start'], 'SHITOPS_E_GROUP_UNKNOWN'],
    ['a position', ['reset', 'analyze', '--to', 'begin'], 'SHITOPS_E_POSITION'],
    ['an offset beyond the end', ['reset', 'analyze', '--to', '99'], 'SHITOPS_E_OFFSET_RANGE'],
    ['an unknown topic', ['reset', 'analyze', '--to', 'start', '--topic', 'lefft'], 'SHITOPS_E_TOPIC_UNKNOWN'],
    ['cli point 8: no --to', ['reset', 'analyze'], 'SHITOPS_E_USAGE'],
  ]
  for (const [what, args, code] of wrong) {
    it(`exits 2 for ${what}`, async () => {
      const result = await group(...args, '--json')
      expect([result.code, JSON.parse(result.stdout).error.code]).to.deep.equal([2, code])
    })
  }
})
