import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { adminOf } from '../../src/bus/admin.ts'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { runCli } from '../support/cli.ts'
import { describeKafka, waitFor } from '../support/kafka/index.ts'
import { LiveCli } from '../support/live-cli.ts'

const RECORD = Buffer.alloc(100_000, 'x')
const RECORDS = 60

/** Topics as code on three brokers in three data centres (dist must be built: `node scripts/build.mjs`). */
describeKafka('topics as code, on Kafka', { racks: ['fra1', 'fra2', 'zrh1'] }, (kafka) => {
  const home = mkdtempSync(join(tmpdir(), 'shitops-topics-'))
  const file = join(home, 'topics.yaml')
  const live: LiveCli[] = []
  let bus: Bus
  const env = () => ({ SHITOPS_BUS: kafka().url(), SHITOPS_TOPICS: file })
  const cli = (...args: string[]) => runCli(args, { env: env() })
  const json = async (...args: string[]) => JSON.parse((await cli(...args, '--json')).stdout)
  const observe = () => adminOf(bus).observe()
  const topicOf = async (name: string) => (await observe()).topics.find((topic) => topic.name === name)

  before(async () => {
    bus = await openBus(kafka().url())
  })
  after(async () => {
    for (const command of live) if (command.child.exitCode === null) await command.signal('SIGKILL')
    await bus?.close()
    rmSync(home, { recursive: true, force: true })
  })

  const desire = (topics: string) => writeFileSync(file, `version: 1\ndefaults: { replication: 3, min_insync: 2 }\ntopics:\n${topics}`)

  /** A topic with one copy of each partition, all on broker 1, and something in it to copy. */
  async function oneSided(name: string): Promise<void> {
    await adminOf(bus).createTopic(name, 3, {}, [[1], [1], [1]])
    for (let i = 0; i < RECORDS; i++) await bus.append(name, [{ key: null, value: RECORD, partition: i % 3 }])
  }

  async function throttles(): Promise<string[]> {
    const { brokers, topics } = await observe()
    const limited = brokers.filter(({ throttle }) => throttle.leader !== null || throttle.follower !== null).map(({ id }) => `broker ${id}`)
    const listed = topics.filter(({ own }) => own.some((setting) => setting.includes('throttled'))).map(({ name }) => name)
    return [...limited, ...listed]
  }

  /** An apply that is so slow that it can be stopped on the way. */
  async function stopped(by: 'SIGINT' | 'SIGKILL'): Promise<number> {
    const slow = new LiveCli(['topic', 'apply', '--throttle', '16KiB/s'], home, env())
    live.push(slow)
    await slow.until(({ stderr }) => /\d+% .*moving/.test(stderr), undefined, 60_000)
    return slow.signal(by)
  }

  it('plan, apply, check: from nothing to topics that survive the loss of a data centre', async () => {
    desire('  trades: { partitions: 6, retention: 7d }\n  state: { partitions: 3, cleanup: compact }\n')
    const planned = await cli('topic', 'plan')
    expect(planned.code).to.equal(3)
    expect(planned.stdout).to.match(/\+ trades +create with 6 partitions of 3 copies/)
    expect(await topicOf('trades'), 'a plan changes nothing').to.equal(undefined)
    const dry = await cli('topic', 'apply', '--dry-run')
    expect([dry.code, await topicOf('trades')]).to.deep.equal([0, undefined])

    const applied = await cli('topic', 'apply')
    expect(applied.code, applied.stderr).to.equal(0)
    expect(applied.stdout).to.contain('Every topic is as it ought to be')
    const again = await cli('topic', 'plan')
    expect([again.code, again.stdout.includes('Nothing to do')]).to.deep.equal([0, true])
    const trades = await topicOf('trades')
    expect(trades?.config).to.include({ 'retention.ms': '604800000', 'min.insync.replicas': '2' })
    const leaders = trades?.partitions.map(({ leader }) => leader).sort()
    expect(leaders).to.deep.equal([1, 1, 2, 2, 3, 3])
    const checked = await json('topic', 'check')
    expect(checked).to.deep.include({ ok: true, summary: { errors: 0, warnings: 0, notes: 0 } })
  })

  it('cluster describe: a picture, columns, and the same as data', async () => {
    const { stdout } = await cli('cluster', 'describe')
    expect(stdout).to.match(/^rack fra1\n +broker 1 +localhost:\d+ +up, controller/m)
    expect(stdout).to.match(/^TOPIC +PARTITION +FRA1:1 +FRA2:2 +ZRH1:3$/m)
    expect(stdout).to.match(/^state +0 +[Lo] +[Lo] +[Lo]$/m)
    expect((await cli('cluster', 'describe', '-o', 'table')).stdout).to.match(/^ +3 +zrh1 +localhost:\d+ +up +(leader|voter) +3 +9/m)
    const document = await json('cluster', 'describe')
    expect(document.brokers.map(({ rack }: { rack: string }) => rack)).to.deep.equal(['fra1', 'fra2', 'zrh1'])
    expect(document.quorum.voters).to.have.length(3)
    expect(document.metadata_version).to.be.above(20)
  })

  it('settings are changed one by one: what the file does not name stays', async () => {
    await adminOf(bus).setTopicConfig('trades', { 'max.message.bytes': '500000' })
    desire('  trades: { partitions: 6, retention: 14d }\n')
    expect((await cli('topic', 'apply')).code).to.equal(0)
    expect((await topicOf('trades'))?.config).to.include({
      ...{ 'retention.ms': '1209600000', 'max.message.bytes': '500000', 'min.insync.replicas': '2' },
    })
  })

  it('more copies: copied under a throttle, stopped by Ctrl-C, resumed, and no throttle is left', async () => {
    await oneSided('big')
    desire('  big: { partitions: 3 }\n')
    const findings = (await json('topic', 'check', 'big')).findings.map(({ code }: { code: string }) => code)
    expect(findings).to.include.members(['replication_one', 'differs'])
    expect(await stopped('SIGINT')).to.equal(130)
    expect(await throttles(), 'what runs stays throttled').to.include.members(['big', 'broker 1'])
    expect((await json('topic', 'plan')).steps.map(({ kind }: { kind: string }) => kind)).to.include('follow')
    const resumed = await cli('topic', 'apply', '--throttle', '100MiB/s')
    expect(resumed.code, resumed.stderr).to.equal(0)
    expect(resumed.stderr).to.match(/following 3 moves.*\n[\s\S]*100% (\S+ MiB) of \1\b/)
    expect(await throttles()).to.deep.equal([])
    const big = await topicOf('big')
    expect(big?.partitions.map(({ inSync }) => inSync.length)).to.deep.equal([3, 3, 3])
    expect(new Set(big?.partitions.map(({ leader }) => leader)).size, 'each broker leads one').to.equal(3)
    expect((await bus.offsets('big')).reduce((sum, { latest }) => sum + latest, 0)).to.equal(RECORDS)
    expect((await json('topic', 'plan')).settled).to.equal(true)
  })

  it('killed in the middle: the next apply goes on, and cleans up', async () => {
    await oneSided('killed')
    desire('  killed: { partitions: 3 }\n')
    expect(await stopped('SIGKILL')).to.equal(137)
    expect((await throttles()).length).to.be.above(0)
    expect((await cli('topic', 'apply', '--throttle', 'none')).code).to.equal(0)
    expect(await throttles()).to.deep.equal([])
    expect((await json('topic', 'plan')).settled).to.equal(true)
  })

  it('--cancel takes moves back, and their throttle', async () => {
    await oneSided('unwanted')
    desire('  unwanted: { partitions: 3 }\n')
    await stopped('SIGINT')
    expect(await json('topic', 'apply', '--cancel')).to.include({ cancelled: 3 })
    expect(await throttles()).to.deep.equal([])
    expect((await topicOf('unwanted'))?.partitions.map(({ replicas }) => replicas)).to.deep.equal([[1], [1], [1]])
  })

  it('a throttle that somebody left is found, and taken away', async () => {
    await adminOf(bus).placement?.setBrokerConfig(2, { 'follower.replication.throttled.rate': '1000' })
    desire('  trades: { partitions: 6 }\n')
    await waitFor('the broker to say so', async () => (await throttles()).length > 0)
    const { findings } = await json('topic', 'check', 'trades')
    expect(findings.map(({ code }: { code: string }) => code)).to.include('throttle_left')
    expect((await cli('topic', 'apply')).code).to.equal(0)
    expect(await throttles()).to.deep.equal([])
  })

  const losses: Array<[what: string, topics: string, says: RegExp]> = [
    ['less retention', '  trades: { partitions: 6, retention: 1d }\n', /older than 1d/],
    ['fewer partitions', '  trades: { partitions: 2 }\n', /6 partitions cannot become 2/],
    ['fewer copies', '  trades: { partitions: 6, replication: 2, min_insync: 2 }\n', /2 instead of 3 copies/],
    ['fewer in-sync copies', '  trades: { partitions: 6, min_insync: 1 }\n', /1 in-sync instead of 2/],
    ['compaction', '  trades: { partitions: 6, cleanup: compact }\n', /only the last record/],
    ['unclean election', '  trades: { partitions: 6, config: { unclean.leader.election.enable: true } }\n', /lacks records/],
    ['the end of a topic', '  trades: { absent: true }\n', /all its records/],
  ]
  for (const [what, topics, says] of losses) {
    it(`refuses ${what} without --confirm, and does nothing`, async () => {
      const before = await topicOf('trades')
      desire(topics)
      for (const args of [[], ['--confirm', 'trade']]) {
        const refused = await cli('topic', 'apply', ...args)
        expect([refused.code, refused.stderr.includes('SHITOPS_E_CONFIRM')]).to.deep.equal([2, true])
        expect(refused.stderr).to.match(says).and.to.contain('--confirm trades')
      }
      expect((await cli('topic', 'apply', '--safe-only')).code).to.equal(0)
      const now = await topicOf('trades')
      expect(now?.config).to.deep.equal(before?.config)
      expect(now?.partitions.map(({ replicas }) => replicas)).to.deep.equal(before?.partitions.map(({ replicas }) => replicas))
    })
  }

  it('with --confirm it does: fewer copies, then fewer partitions, then none', async () => {
    desire('  trades: { partitions: 6, replication: 2, min_insync: 1 }\n')
    expect((await cli('topic', 'apply', '--confirm', 'trades')).code).to.equal(0)
    expect((await topicOf('trades'))?.partitions.map(({ replicas }) => replicas.length)).to.deep.equal([2, 2, 2, 2, 2, 2])
    desire('  trades: { partitions: 2 }\n')
    expect((await cli('topic', 'apply', '--confirm', 'trades')).code).to.equal(0)
    expect((await topicOf('trades'))?.partitions).to.have.length(2)
    desire('  trades: { absent: true }\n')
    expect((await cli('topic', 'apply', '--confirm', 'trades')).code).to.equal(0)
    expect(await topicOf('trades')).to.equal(undefined)
  })

  it('a broker goes and comes back: check says so, and elect gives it its partitions again', async () => {
    desire('  big: { partitions: 3 }\n')
    await kafka().kill(3)
    await waitFor(
      'its fall out of the in-sync copies',
      async () => (await topicOf('big'))?.partitions.every(({ inSync }) => inSync.length === 2) ?? false,
      30_000,
    )
    const down = await cli('topic', 'check', 'big')
    expect(down.code).to.equal(3)
    expect(down.stdout).to.match(/error +big: .*broker 3 (are|is) missing or behind \(under_replicated\)/)
    expect(down.stdout).to.match(/error +broker 3: .*down \(broker_down\)/)
    await kafka().start(3)
    await waitFor(
      'all copies in sync',
      async () => (await topicOf('big'))?.partitions.every(({ inSync }) => inSync.length === 3) ?? false,
      60_000,
    )
    const { findings } = await json('topic', 'check', 'big')
    expect(findings.map(({ code }: { code: string }) => code)).to.include('leader_not_preferred')
    const elected = await json('topic', 'elect', 'big')
    expect(elected.elections.map(({ to, refusal }: { to: number; refusal: string | null }) => [to, refusal])).to.deep.equal([[3, null]])
    await waitFor('it to lead again', async () => (await topicOf('big'))?.partitions.some(({ leader }) => leader === 3) ?? false)
    expect((await json('topic', 'check', 'big')).ok).to.equal(true)
  })

  it('min.insync.replicas above the copies, which the broker took, is found', async () => {
    await adminOf(bus).createTopic('impossible', 1, { 'min.insync.replicas': '3' }, [[1, 2]])
    desire('  impossible: { partitions: 1 }\n')
    const { findings } = await json('topic', 'check', 'impossible')
    expect(findings.map(({ code }: { code: string }) => code)).to.include('min_insync_above_factor')
  })

  it('lag, and records that were deleted before they were read', async () => {
    await bus.commitOffsets('late', [{ topic: 'big', partition: 0, offset: 5 }])
    desire('  big: { partitions: 3 }\n')
    expect((await json('topic', 'check', 'big')).ok).to.equal(true)
    const { findings } = await json('topic', 'check', 'big', '--max-lag', '10')
    expect(findings[0]).to.deep.include({ code: 'group_lag', subject: 'group late' })
  })

  it('a file for another cluster is refused', async () => {
    writeFileSync(file, 'version: 1\ncluster: elsewhere\ntopics: {}\n')
    const { code, stderr } = await cli('topic', 'apply')
    expect([code, stderr.includes('SHITOPS_E_TOPICS_FILE')]).to.deep.equal([78, true])
  })
})
