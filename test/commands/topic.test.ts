import { expect } from 'chai'
import { TOPIC_NAMES } from '../../src/events/index.ts'
import { numbered, TestBus } from '../bus/ops/support.ts'
import { runCli } from '../support/cli.ts'

describe('shitops topic', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const env = { SHITOPS_BUS: test.url }
  const topic = (...args: string[]) => runCli(['topic', ...args], { env })
  const names = async () => (await test.bus.listTopics()).sort()

  beforeEach(() => test.open())
  afterEach(() => test.bus.close())
  after(() => test.close())

  it('says what to do on an empty bus, on stderr', async () => {
    const { code, stdout, stderr } = await topic('list')
    expect([code, stdout]).to.deep.equal([0, ''])
    expect(stderr).to.contain('shitops topic create --all')
    expect(JSON.parse((await topic('list', '--json')).stdout)).to.deep.equal({ topics: [] })
  })

  it('create: names with flags, or with what shitops knows, or all of that', async () => {
    const made = await topic('create', 'trades', 'alerts', '--partitions', '2', '-c', 'retention.ms=60000', '--dry-run')
    expect(made.stdout).to.equal(
      'would create trades (2 partitions, retention.ms=60000)\nwould create alerts (2 partitions, cleanup.policy=compact, retention.ms=60000)\n',
    )
    expect(await names()).to.deep.equal([])
    expect((await topic('create', 'trades', '--topic-config', 'retention.ms=-1')).stdout).to.equal(
      'created trades (1 partition, retention.ms=-1)\n',
    )
    const all = JSON.parse((await topic('create', '--all', '--json')).stdout)
    expect(all.created.sort()).to.deep.equal([...TOPIC_NAMES].sort())
    const again = await topic('create', '--all')
    expect([again.code, again.stdout.split('\n').length - 1]).to.deep.equal([0, TOPIC_NAMES.length])
    expect((await test.bus.describeTopic('alerts')).config['cleanup.policy']).to.equal('compact')
  })

  it('list: columns to a pipe, and the same as data; stable by name', async () => {
    await test.bus.append('trades', numbered(3))
    const { stdout } = await topic('list')
    const rows = stdout.trimEnd().split('\n')
    expect(rows[0]).to.match(/^TOPIC +PARTITIONS +RECORDS +BYTES +CLEANUP +RETENTION$/)
    expect(rows.find((row) => row.startsWith('trades'))).to.match(/^trades +1 +3 +[\d.]+ K?i?B +delete +unlimited$/)
    expect(stdout).to.not.contain('\u001b')
    const { topics } = JSON.parse((await topic('list', '--json')).stdout)
    expect(topics.map((row: { topic: string }) => row.topic)).to.deep.equal(await names())
    expect(topics.find((row: { topic: string }) => row.topic === 'trades')).to.include({
      partitions: 1,
      records: 3,
      cleanup: 'delete',
      retention_ms: null,
    })
    const csv = (await topic('list', '--output', 'csv', '--no-header')).stdout.trimEnd().split('\r\n')
    expect(csv.map((row) => row.split(',')[0])).to.deep.equal(await names())
    const ndjson = (await topic('list', '--output', 'ndjson')).stdout
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row))
    expect(ndjson).to.deep.equal(topics)
  })

  it('describe: settings and partitions; the nearest name for an unknown one', async () => {
    const { stdout } = await topic('describe', 'trades')
    expect(stdout).to.match(/^topic +trades\nrecords +3\nretention\.ms +-1\n\nPARTITION +EARLIEST +LATEST +RECORDS/)
    expect(stdout).to.match(/\n +0 +0 +3 +3 .* 0 +0 +0\n$/)
    expect(JSON.parse((await topic('describe', 'trades', '--json')).stdout).partitions[0]).to.deep.include({
      partition: 0,
      earliest: 0,
      latest: 3,
    })
    const unknown = await topic('describe', 'trade')
    expect([unknown.code, unknown.stderr.includes('did you mean trades?')]).to.deep.equal([2, true])
  })

  it('cli point 24: delete shows the plan, and does it only when confirmed', async () => {
    for (const [flags, code] of [
      [['--dry-run'], 0],
      [[], 2],
      [['--confirm', 'other'], 2],
    ] as const) {
      const result = await topic('delete', 'trades', ...flags)
      expect(result.code, flags.join(' ')).to.equal(code)
    }
    expect((await topic('delete', 'trades')).stderr).to.contain('would delete topic trades with 3 records in 1 partition')
    expect(await names()).to.include('trades')
    expect((await topic('delete', 'trades', '--confirm', 'trades')).stdout).to.equal('deleted topic trades with 3 records in 1 partition\n')
    expect(await names()).to.not.include('trades')
    expect((await topic('delete', 'alerts', '--yes')).code).to.equal(0)
    expect((await topic('delete', 'alerts', '--yes')).code, 'it is gone').to.equal(2)
  })

  const wrong: Array<[what: string, args: string[], code: string]> = [
    ['create without a name', ['create'], 'SHITOPS_E_USAGE'],
    ['create with --all and a name', ['create', 'x', '--all'], 'SHITOPS_E_USAGE'],
    ['a topic that is there', ['create', 'insights'], 'SHITOPS_E_TOPIC_EXISTS'],
    ['a name that Kafka refuses', ['create', 'a b'], 'SHITOPS_E_TOPIC_INVALID'],
    ['a setting without a value', ['create', 'x', '-c', 'retention.ms'], 'SHITOPS_E_USAGE'],
    ['no partitions', ['create', 'x', '--partitions', '0'], 'SHITOPS_E_USAGE'],
  ]
  for (const [what, args, code] of wrong) {
    it(`exits 2 for ${what}`, async () => {
      const result = await topic(...args, '--json')
      expect([result.code, JSON.parse(result.stdout).error.code]).to.deep.equal([2, code])
    })
  }
})
