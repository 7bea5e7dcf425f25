import { expect } from 'chai'
import { numbered, TestBus, until } from '../bus/ops/support.ts'
import { runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'

const T0 = Date.parse('2026-03-01T12:00:00Z')

describe('shitops replay', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const env = { SHITOPS_BUS: test.url }
  const replay = (...args: string[]) => runCli(['replay', ...args], { env })
  const live: LiveCli[] = []

  before(async () => {
    await test.open()
    await test.topic('source', 2)
    await test.bus.append(
      'source',
      numbered(20, '', { start: T0 }).map((record, i) => ({
        ...record,
        key: `k${i % 4}`,
        partition: i % 2,
        headers: [
          ['trace', 'x'],
          ['n', String(i)],
        ] as const,
      })),
    )
  })
  after(async () => {
    for (const cli of live) await cli.signal('SIGKILL')
    await test.close()
  })

  it('copies to a topic it creates like the source, and sums up with the token', async () => {
    const { code, stdout, stderr } = await replay('source', '--to-topic', 'copied', '--create', '--header-deny', 'trace*', '--utc')
    expect([code, stdout]).to.deep.equal([0, ''])
    expect(stderr).to.match(/^Replaying up to 20 records to copied; token [0-9a-f]{8}\nReplayed 20 records \(\d+ B\) in /)
    expect(stderr).to.match(
      /First 0@0 \(2026-03-01 12:00:00\.000Z\), last 1@9 \(2026-03-01 12:00:19\.000Z\)\.\nToken [0-9a-f]{8} is complete\.\n$/,
    )
    const copied = await test.all('copied')
    expect(copied.map(({ headers }) => headers.map(([name]) => name))).to.deep.equal(new Array(20).fill(['n']))
    expect(copied.map(({ timestamp }) => timestamp)).to.deep.equal((await test.all('source')).map(({ timestamp }) => timestamp))
  })

  it('cli point 12: --json is one document with the summary', async () => {
    const { code, stdout } = await replay('source', '--to-topic', 'asjson', '--create', '--key', 'k1', '--token', 'doc', '--json')
    expect(code).to.equal(0)
    expect(JSON.parse(stdout)).to.deep.include({
      records: 5,
      skipped: 0,
      complete: true,
      token: 'doc',
      resumed: false,
      total: { records: 5, bytes: 17 },
    })
  })

  it('cli point 24: --dry-run counts and shows the plan, and writes nothing', async () => {
    const before = await test.bus.listTopics()
    const { code, stdout } = await replay(
      'source',
      '--from',
      '@2026-03-01T12:00:10Z',
      '--to-topic',
      'planned',
      '--create',
      '--speed',
      '2x',
      '--dry-run',
      '--utc',
    )
    expect(code).to.equal(0)
    expect(stdout.split('\n')).to.deep.equal([
      'from     source',
      'to       planned (10 records)',
      'records  10 (40 B)',
      'first    0@5  2026-03-01 12:00:10.000Z',
      'last     1@9  2026-03-01 12:00:19.000Z',
      'takes    about 4.5s',
      'Nothing was written (--dry-run).',
      '',
    ])
    expect(await test.bus.listTopics()).to.deep.equal(before)
    const impossible = await replay('source', '--to-topic', 'planned', '--dry-run')
    expect(impossible.code, 'a plan that the run would refuse').to.equal(2)
    expect(impossible.stderr).to.contain('SHITOPS_E_TOPIC_UNKNOWN')
  })

  it('cli point 24: writing into the topic that is read needs --yes', async () => {
    await test.topic('loop')
    await test.bus.append('loop', numbered(3))
    for (const more of [[], ['--to-bus', `${test.url}/../${test.directory.split('/').at(-1)}`]]) {
      const { code, stderr } = await replay('loop', '--to-topic', 'loop', ...more)
      expect(code).to.equal(2)
      expect(stderr).to.contain('SHITOPS_E_CONFIRM')
    }
    expect(await test.values('loop')).to.have.length(3)
    expect((await replay('loop', '--to-topic', 'loop', '--yes')).code).to.equal(0)
    expect(await test.values('loop'), 'the range was fixed at the start').to.have.length(6)
  })

  it('prints to stdout without a destination, and keeps to a rate', async () => {
    const { code, stdout, stderr } = await replay('source', '--max', '3', '--rate', '200/s', '--header-allow', 'n')
    expect(code).to.equal(0)
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records.map(({ value, headers }) => [value, headers])).to.deep.equal([
      [0, { n: '0' }],
      [1, { n: '1' }],
      [2, { n: '2' }],
    ])
    expect(stderr).to.match(/^Replayed 3 records/)
    expect((await replay('source', '--to-topic', '-', '--max', '2', '--output', 'raw')).stdout).to.equal('0\n1\n')
    expect((await replay('source', '--json')).code).to.equal(2)
    expect((await replay('source', '--resume', 'x')).code).to.equal(2)
  })

  it('replays to another bus under the same name', async () => {
    const other = new TestBus()
    await other.open()
    try {
      expect((await replay('source', '--to-bus', other.url, '--create')).code).to.equal(0)
      expect(await other.values('source')).to.deep.equal(await test.values('source'))
      expect(await test.values('source')).to.have.length(20)
    } finally {
      await other.close()
    }
  })

  it('says that a topic has no dead letters, and does not propose the topic itself', async () => {
    for (const more of [[], ['--dry-run']]) {
      const { code, stderr } = await replay('source.dlq', '--redrive', ...more)
      expect(code).to.equal(2)
      expect(stderr).to.contain('has no topic "source.dlq": there are no dead letters of source (SHITOPS_E_TOPIC_UNKNOWN)')
      expect(stderr).to.contain('Try: shitops topic list').and.not.contain('did you mean')
    }
  })

  it('redrives dead letters', async () => {
    await test.topic('home')
    await test.topic('home.dlq')
    await test.bus.append('home.dlq', [
      {
        key: 'a',
        value: '1',
        headers: [
          ['dlq_topic', 'home'],
          ['dlq_reason', 'x'],
          ['kept', 'y'],
        ],
      },
      { key: 'b', value: '2' },
    ])
    const plan = await replay('home.dlq', '--redrive', '--dry-run')
    expect(plan.stdout).to.contain('to       home (1 record)').and.contain('left out 1 record with no destination')
    const { code, stderr } = await replay('home.dlq', '--redrive')
    expect(code).to.equal(0)
    expect(stderr).to.contain('Left out 1 record without a topic')
    expect((await test.all('home')).map(({ headers }) => headers.map(([name]) => name))).to.deep.equal([['kept']])
  })

  it('cli point 27: survives kill -9 again and again, with no record twice and none lost', async () => {
    const records = 30_000
    await test.topic('long', 2)
    await test.topic('survivor', 2)
    for (let i = 0; i < records; i += 5_000) {
      await test.bus.append(
        'long',
        numbered(5_000, `${i}-`, { start: T0 + i * 1_000 }).map((record, j) => ({ ...record, partition: j % 2 })),
      )
    }
    const written = async () => (await test.bus.offsets('survivor')).reduce((sum, { latest }) => sum + latest, 0)
    const args = ['replay', 'long', '--to-topic', 'survivor', '--token', 'survivor', '--rate', '20000/s']
    let kills = 0
    for (let before = await written(); before < records && kills < 6; before = await written()) {
      const cli = new LiveCli(args, test.directory, env)
      live.push(cli)
      await until('some progress', async () => (await written()) > before || cli.child.exitCode !== null, 30_000)
      if ((await cli.signal('SIGKILL')) === 137) kills++
    }
    expect(kills).to.be.above(2)
    const last = await replay('long', '--to-topic', 'survivor', '--resume', 'survivor', '--speed', 'max')
    expect(last.code).to.equal(0)
    expect(last.stderr).to.contain('Going on with').and.contain('Over all runs: 30,000 records')
    const values = await test.values('survivor')
    expect([values.length, new Set(values).size]).to.deep.equal([records, records])
  })

  it('cli point 23: the first Ctrl-C writes what is due and says how to go on', async () => {
    await test.topic('slow')
    const cli = new LiveCli(['replay', 'source', '--to-topic', 'slow', '--speed', '0.01x', '--token', 'slowly'], test.directory, env)
    live.push(cli)
    await until('the first record', async () => (await test.values('slow')).length === 1)
    expect(await cli.signal('SIGINT')).to.equal(130)
    expect(cli.stderr).to.contain('Stopped after 1 record').and.contain('--resume slowly')
    expect((await replay('source', '--to-topic', 'slow', '--resume', 'slowly')).code).to.equal(0)
    expect((await test.values('slow')).map(Number)).to.deep.equal(Array.from({ length: 20 }, (_, i) => i))
  })

  it('needs a destination that is there, and a token of its own', async () => {
    const unknown = await replay('source', '--to-topic', 'sourc')
    expect([unknown.code, unknown.stderr.includes('did you mean source?'), unknown.stderr.includes('--create')]).to.deep.equal([
      2,
      true,
      true,
    ])
    const foreign = await replay('source', '--to-topic', 'copied', '--token', 'has space')
    expect([foreign.code, foreign.stderr.includes('--token has-space')]).to.deep.equal([2, true])
    expect((await replay('source', '--to-topic', 'copied', '--resume', 'nobody')).code).to.equal(2)
    expect((await replay('source', '--speed', 'fast')).code).to.equal(2)
  })
})
