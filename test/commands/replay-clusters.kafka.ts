import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus, BusRecord } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { runCli } from '../support/cli.ts'
import { describeWithJava, type KafkaCluster, startKafka, waitFor } from '../support/kafka/index.ts'
import { LiveCli } from '../support/live-cli.ts'

const T0 = Date.parse('2026-03-01T12:00:00Z')
const RECORDS = 6_000
const COMMAND_MS = 180_000

/** `replay --to-bus` from one cluster to another (dist must be built: `node scripts/build.mjs`). */
describeWithJava('shitops replay, from cluster to cluster', () => {
  const home = mkdtempSync(join(tmpdir(), 'shitops-clusters-'))
  const live: LiveCli[] = []
  let clusters: KafkaCluster[] = []
  let source: Bus
  let target: Bus

  before(async function () {
    this.timeout(2 * COMMAND_MS)
    clusters = await Promise.all([startKafka(), startKafka()])
    const [a, b] = clusters as [KafkaCluster, KafkaCluster]
    source = await openBus(a.url())
    target = await openBus(b.url())
    await source.createTopic({ name: 'orders', partitions: 3, config: { 'retention.ms': '-1', 'cleanup.policy': 'delete' } })
    await source.append(
      'orders',
      Array.from({ length: RECORDS }, (_, i) => ({
        ...{ key: i % 7 ? `k${i % 50}` : null, value: i % 11 ? `${i}` : null, timestamp: T0 + i, partition: i % 3 },
        headers: [['n', String(i)]] as const,
      })),
    )
  })
  after(async () => {
    for (const command of live) await command.signal('SIGKILL')
    await source?.close()
    await target?.close()
    await Promise.all(clusters.map((cluster) => cluster.down()))
    rmSync(home, { recursive: true, force: true })
  })

  const env = () => ({ SHITOPS_BUS: source.url })
  const across = (...more: string[]) => ['replay', 'orders', '--to-bus', target.url, '--to-topic', 'orders', ...more]
  const written = async () =>
    (await target.listTopics()).includes('orders') ? (await target.offsets('orders')).reduce((sum, { latest }) => sum + latest, 0) : 0

  it('a dry run says how much, and writes nothing', async function () {
    this.timeout(COMMAND_MS)
    const { code, stdout, stderr } = await runCli([...across('--create', '--dry-run'), '--json'], { env: env(), timeoutMs: COMMAND_MS })
    expect(code, stderr).to.equal(0)
    expect(stdout).to.include(`${RECORDS}`)
    expect(await target.listTopics()).to.deep.equal([])
  })

  it('killed on the way and resumed: each record once, with its partition, key, time and headers; nothing is left on the source', async function () {
    this.timeout(3 * COMMAND_MS)
    const run = new LiveCli(across('--create', '--token', 'move', '--rate', '1500/s'), home, env())
    live.push(run)
    await waitFor('some progress', async () => (await written()) > 500 || run.child.exitCode !== null, COMMAND_MS)
    expect(await run.signal('SIGKILL'), 'killed in mid-replay').to.equal(137)
    const last = await runCli([...across('--resume', 'move'), '--json'], { env: env(), timeoutMs: COMMAND_MS })
    expect(last.code, last.stderr).to.equal(0)
    expect(JSON.parse(last.stdout)).to.deep.include({ resumed: true, complete: true })
    expect(await content(target)).to.deep.equal(await content(source))
    expect(await source.listGroups()).to.deep.equal([])
    expect((await target.describeTopic('orders')).config['retention.ms']).to.equal('-1')
  })

  it('a token that nobody has: refused, with the nearest one, and no group of that name is left', async function () {
    this.timeout(COMMAND_MS)
    const { code, stderr } = await runCli(across('--resume', 'mvoe'), { env: env(), timeoutMs: COMMAND_MS })
    expect(code, stderr).to.equal(2)
    expect(stderr).to.include('SHITOPS_E_RESUME').and.include('--resume move')
    expect((await target.listGroups()).map(({ group }) => group)).to.deep.equal(['replay.move'])
  })

  it('a target that is not there: exit 69, and the source is untouched', async function () {
    this.timeout(COMMAND_MS)
    const args = ['replay', 'orders', '--to-bus', 'kafka://127.0.0.1:1', '--to-topic', 'orders']
    const { code, stderr } = await runCli(args, { env: env(), timeoutMs: COMMAND_MS })
    expect(code, stderr).to.equal(69)
    expect(stderr).to.include('SHITOPS_E_BUS_UNAVAILABLE').and.include('127.0.0.1:1')
  })

  /** Partition by partition, in order, without offsets: a transaction's marker takes one. */
  async function content(bus: Bus): Promise<string[][]> {
    const partitions = (await bus.offsets('orders')).map(({ partition, earliest }) => ({ partition, from: earliest }))
    const found: string[][] = partitions.map(() => [])
    for await (const batch of bus.read({ topic: 'orders', partitions }))
      for (const record of batch) found[record.partition]?.push(textOf(record))
    return found
  }
})

function textOf({ key, value, timestamp, headers }: BusRecord): string {
  return JSON.stringify([key && String(key), value && String(value), timestamp, headers.map(([name, bytes]) => [name, String(bytes)])])
}
