import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { TOPIC_NAMES } from '../../src/events/index.ts'
import { numbered, TestBus } from '../bus/ops/support.ts'
import { runCli } from '../support/cli.ts'

describe('topics as code, on the embedded bus', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const file = join(test.directory, 'topics.yaml')
  const cli = (...args: string[]) => runCli(args, { env: { SHITOPS_BUS: test.url, SHITOPS_TOPICS: file } })
  const desire = (topics: string) => writeFileSync(file, `version: 1\ntopics:\n${topics}`)

  beforeEach(() => test.open())
  afterEach(() => test.bus.close())
  after(() => test.close())

  it('export gives a file whose plan creates every topic of the design', async () => {
    writeFileSync(file, (await cli('topic', 'export')).stdout)
    const planned = await cli('topic', 'plan', '--json')
    expect(planned.code).to.equal(3)
    expect(JSON.parse(planned.stdout).steps.map(({ kind, topic }: { kind: string; topic: string }) => `${kind} ${topic}`)).to.deep.equal(
      [...TOPIC_NAMES].sort().map((name) => `create ${name}`),
    )
  })

  it('without a file, what topic create --all made is as it ought to be: settings of copies mean nothing without brokers', async () => {
    const fresh = join(test.directory, 'fresh')
    const cli = (...args: string[]) => runCli(args, { env: { SHITOPS_BUS: `embedded:${fresh}` } })
    await cli('topic', 'create', '--all')
    const planned = await cli('topic', 'plan')
    expect([planned.code, planned.stdout.includes('Nothing to do')]).to.deep.equal([0, true])
    const checked = await cli('topic', 'check')
    expect([checked.code, checked.stdout]).to.deep.equal([0, `All is well on embedded:${fresh}: 0 errors, 0 warnings, 0 notes.\n`])
  })

  it('plan, apply, plan: partitions and settings, and records stay where they are', async () => {
    await test.topic('trades', 1)
    await test.bus.append('trades', numbered(5))
    desire('  trades: { partitions: 3, retention: unlimited, config: { max.message.bytes: 7 } }\n  state: { cleanup: compact }\n')
    const planned = await cli('topic', 'plan')
    expect(planned.stdout)
      .to.match(/\+ state +create with 1 partition\n/)
      .and.to.match(/~ trades +partitions 1 -> 3/)
    expect(planned.stdout).to.contain('a key may go to another one than before')
    expect((await cli('topic', 'apply', '--dry-run')).code).to.equal(0)
    expect(await test.bus.listTopics()).to.deep.equal(['trades'])
    expect((await cli('topic', 'apply')).code).to.equal(0)
    const trades = await test.bus.describeTopic('trades')
    expect([trades.partitions.length, trades.config]).to.deep.equal([3, { 'retention.ms': '-1', 'max.message.bytes': '7' }])
    expect(await test.values('trades')).to.deep.equal(['0', '1', '2', '3', '4'])
    await test.bus.append('trades', [{ key: null, value: 'new', partition: 2 }])
    const again = await cli('topic', 'plan')
    expect([again.code, again.stdout.includes('Nothing to do')]).to.deep.equal([0, true])
  })

  it('plan names the command that does it, with the same file and topics', async () => {
    const other = join(test.directory, 'other topics.yaml')
    writeFileSync(other, 'version: 1\ntopics: { next1: { partitions: 1 }, next2: { partitions: 1 } }\n')
    const cli = (...args: string[]) => runCli(args, { env: { SHITOPS_BUS: test.url } })
    expect((await cli('topic', 'plan', '--file', other, 'next1')).stdout).to.contain(
      `\nNext: shitops topic apply --file '${other}' next1\n`,
    )
    const dry = await cli('topic', 'apply', '--file', other, '--dry-run', '--safe-only')
    expect(dry.stdout).to.contain(`\nNext: shitops topic apply --file '${other}' --safe-only\n`)
  })

  it('a topic that is named to be compared with its mirror, and is not there, is not "nothing found"', async () => {
    const mirror = ['--mirror', test.url, '--mirror-source', 'a', '--mirror-target', 'b']
    const { code, stderr } = await cli('topic', 'check', 'trade', ...mirror)
    expect(code, stderr).to.equal(2)
    expect(stderr).to.include('SHITOPS_E_TOPIC_UNKNOWN').and.include('trades')
  })

  it('refuses to lose records without --confirm; with it the topic is made anew', async () => {
    desire('  trades: { partitions: 1 }\n')
    const refused = await cli('topic', 'apply')
    expect([refused.code, refused.stderr.includes('--confirm trades')]).to.deep.equal([2, true])
    expect(await test.values('trades')).to.have.length(6)
    expect((await cli('topic', 'apply', '--confirm', 'trades')).code).to.equal(0)
    expect((await test.bus.describeTopic('trades')).partitions).to.have.length(1)
  })

  it('check: a topic that is not as its file has it', async () => {
    desire('  trades: { partitions: 1 }\n')
    expect((await cli('topic', 'check')).code).to.equal(0)
    desire('  trades: { partitions: 2 }\n')
    const { code, stdout } = await cli('topic', 'check', '--json')
    expect([code, JSON.parse(stdout).findings.map((each: { code: string }) => each.code)]).to.deep.equal([3, ['differs']])
  })

  const refusals: Array<[args: string[], code: string, exit: number]> = [
    [['cluster', 'describe'], 'SHITOPS_E_BUS_UNSUPPORTED', 1],
    [['topic', 'elect'], 'SHITOPS_E_BUS_UNSUPPORTED', 1],
    [['topic', 'plan', '--file', 'nowhere.yaml'], 'SHITOPS_E_FILE', 1],
    [['topic', 'plan', 'trade'], 'SHITOPS_E_USAGE', 2],
    [['topic', 'apply', '--throttle', 'fast'], 'SHITOPS_E_USAGE', 2],
  ]
  for (const [args, code, exit] of refusals) {
    it(`${args.join(' ')}: ${code}`, async () => {
      const result = await cli(...args, '--json')
      expect([result.code, JSON.parse(result.stdout).error.code]).to.deep.equal([exit, code])
    })
  }
})
