import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { numbered } from '../bus/ops/support.ts'
import { runCli } from '../support/cli.ts'
import { describeKafka, waitFor } from '../support/kafka/index.ts'
import { LiveCli } from '../support/live-cli.ts'

const T0 = Date.parse('2026-03-01T12:00:00Z')
const RECORDS = 20_000

/** What the commands promise on the embedded bus, on a real broker (dist must be built: `node scripts/build.mjs`). */
describeKafka('the commands over the bus, on Kafka', { racks: ['a'] }, (kafka) => {
  const home = mkdtempSync(join(tmpdir(), 'shitops-kafka-cli-'))
  const live: LiveCli[] = []
  let bus: Bus
  const env = () => ({ SHITOPS_BUS: kafka().url() })
  const cli = (args: string[], input?: string) => runCli(args, { env: env(), ...(input !== undefined && { input }) })

  before(async () => {
    bus = await openBus(kafka().url())
  })
  after(async () => {
    for (const command of live) await command.signal('SIGKILL')
    await bus?.close()
    rmSync(home, { recursive: true, force: true })
  })

  async function values(topic: string): Promise<string[]> {
    const partitions = (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
    const found: string[] = []
    for await (const batch of bus.read({ topic, partitions })) for (let i = 0; i < batch.count; i++) found.push(String(batch.value(i)))
    return found
  }

  it('topics are created, listed, described and deleted', async () => {
    expect((await cli(['topic', 'create', 'trades', '--partitions', '2', '--topic-config', 'retention.ms=-1'])).stdout).to.match(
      /^created trades/,
    )
    expect((await cli(['topic', 'list', '--no-header'])).stdout).to.match(/^trades +2 +0 +\S+.* +delete +unlimited$/m)
    const described = JSON.parse((await cli(['topic', 'describe', 'trades', '--json'])).stdout)
    expect(described.partitions[0]).to.deep.include({ partition: 0, leader: 1, replicas: [1], inSync: [1] })
    const slip = await cli(['topic', 'describe', 'trade'])
    expect([slip.code, slip.stderr.includes('did you mean trades?')]).to.deep.equal([2, true])
    expect((await cli(['topic', 'delete', 'trades', '--yes'])).code).to.equal(0)
  })

  it('tail and produce: a range by time, merged, and back byte for byte', async () => {
    for (const name of ['odd', 'copy']) await bus.createTopic({ name, partitions: 2, config: { 'retention.ms': '-1' } })
    await bus.append(
      'odd',
      numbered(40, '', { start: T0 }).map((record, i) => ({
        ...record,
        key: i % 3 ? Buffer.from([0xff, i]) : null,
        value: i % 5 ? record.value : null,
        partition: i % 2,
        headers: [
          ['a', '1'],
          ['b', Buffer.from([0x80])],
          ['a', String(i)],
        ] as const,
      })),
    )
    const range = await cli(['tail', 'odd', '--from', '@2026-03-01T12:00:10Z', '--to', '@2026-03-01T12:00:20Z'])
    expect(
      range.stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line).timestamp - T0) / 1_000),
    ).to.deep.equal([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    const all = await cli(['tail', 'odd', '--to', 'end'])
    expect((await cli(['produce', 'copy'], all.stdout)).stderr).to.equal('40 records written to copy.\n')
    const placeless = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^.*?,"timestamp"/, ''))
        .sort()
    expect(placeless((await cli(['tail', 'copy', '--to', 'end'])).stdout)).to.deep.equal(placeless(all.stdout))
  })

  it('tail follows, and Ctrl-C ends it with 130', async () => {
    await bus.createTopic({ name: 'live', partitions: 2 })
    const tail = new LiveCli(['tail', 'live', '--from', 'start'], home, env())
    live.push(tail)
    await bus.append('live', [{ key: 'k', value: '"here"' }])
    await tail.until(({ stdout }) => stdout.includes('here'))
    expect(await tail.signal('SIGINT')).to.equal(130)
  })

  it('replay survives kill -9 again and again, with no record twice and none lost', async () => {
    for (const name of ['long', 'survivor']) await bus.createTopic({ name, partitions: 2, config: { 'retention.ms': '-1' } })
    await bus.append(
      'long',
      numbered(RECORDS, '', { start: T0 }).map((record, i) => ({ ...record, partition: i % 2 })),
    )
    const written = async () => (await bus.offsets('survivor')).reduce((sum, { latest }) => sum + latest, 0)
    const args = ['replay', 'long', '--to-topic', 'survivor', '--token', 'survivor', '--rate', '4000/s']
    let kills = 0
    while (kills < 4) {
      const before = await written()
      const run = new LiveCli(args, home, env())
      live.push(run)
      await waitFor('some progress', async () => (await written()) > before || run.child.exitCode !== null, 60_000)
      if ((await run.signal('SIGKILL')) !== 137) break
      kills++
    }
    expect(kills).to.be.above(2)
    const last = await cli(['replay', 'long', '--to-topic', 'survivor', '--resume', 'survivor', '--json'])
    expect(last.code, last.stdout).to.equal(0)
    expect(JSON.parse(last.stdout)).to.deep.include({ resumed: true, complete: true })
    const found = await values('survivor')
    expect([found.length, new Set(found).size]).to.deep.equal([RECORDS, RECORDS])
  })

  it('group reset: plan, then done; a replay token has no lag', async () => {
    await bus.commitOffsets('reader', [{ topic: 'long', partition: 0, offset: 5 }])
    const plan = await cli(['group', 'reset', 'reader', '--to', `@${T0 + 1_000_000}`, '--dry-run'])
    expect(plan.stdout)
      .to.match(/^long +0 +5 +500 +9,500$/m)
      .and.match(/^long +1 +none +500 +9,500$/m)
    expect((await cli(['group', 'reset', 'reader', '--to', 'end', '--yes'])).code).to.equal(0)
    expect((await bus.fetchOffsets('reader', ['long'])).map(({ offset }) => offset)).to.deep.equal([RECORDS / 2, RECORDS / 2])
    const { groups } = JSON.parse((await cli(['group', 'list', '--json'])).stdout)
    const lags = Object.fromEntries(groups.map(({ group, lag }: { group: string; lag: number | null }) => [group, lag]))
    expect(lags).to.include({ reader: 0, 'replay.survivor': null })
  })
})
