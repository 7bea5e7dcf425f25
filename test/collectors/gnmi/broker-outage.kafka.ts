import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { LoadProcess } from '../../../bench/support/load-process.ts'
import { usageOf } from '../../../bench/support/process-usage.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { partitionOf } from '../../../src/bus/partitioner.ts'
import { heal, leaderOf } from '../../bus/kafka/support.ts'
import { describeKafka, waitFor } from '../../support/kafka/index.ts'
import { LiveCli } from '../../support/live-cli.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { Ledger } from './support/ledger.ts'
import { telemetryOf } from './support/telemetry.ts'

/** `SHITOPS_OUTAGE_SECONDS=20 npm run test:kafka -- -g 'brokers that'` is the long form, which also says how much memory it took. */
const OUTAGE = Number(process.env.SHITOPS_OUTAGE_SECONDS ?? 5)
const RATE = 2_000
const UPDATES = 2
const COUNT = RATE * (OUTAGE + 6)
/** What a collector may take: what waits is bounded, however long the brokers are away. */
const MOST_MEMORY = 250e6
const TOPIC = 'device_telemetry'

const REPLICATED = { 'default.replication.factor': '3', 'min.insync.replicas': '2' }

describeKafka('gnmi subscribe, and brokers that go away', { racks: ['a', 'b', 'c'], properties: REPLICATED }, (kafka) => {
  const home = useTempDir()
  let bus: Bus
  let load: LoadProcess | undefined
  let client: LiveCli | undefined

  before(() => expect(existsSync('dist/commands/gnmi/subscribe.js'), 'npm run build').to.equal(true))
  beforeEach(async () => {
    bus = await openBus(kafka().url())
  })
  afterEach(async function () {
    this.timeout(90_000)
    if (client?.child.exitCode === null) await client.signal('SIGKILL')
    await load?.stop()
    await heal(kafka(), bus)
    for (const topic of await bus.listTopics()) if (topic.startsWith('device_')) await bus.deleteTopic(topic)
    await bus.close()
  })

  const stored = async () => (await bus.offsets(TOPIC)).reduce((sum, { latest }) => sum + latest, 0)
  const memory = () => usageOf(client?.child.pid ?? 0)?.rssNow ?? 0

  /** Subscribes to a target that sends COUNT numbered messages; brokers go and come back in the middle. All has to be there once, in order. */
  async function through(name: string, away: (leader: number) => unknown, back: (leader: number) => unknown): Promise<void> {
    load = await LoadProcess.start({ kind: 'uint', updates: UPDATES, sequence: true, timestamps: true, rate: RATE, count: COUNT })
    const { address } = load
    client = new LiveCli(['gnmi', 'subscribe', '-a', address, '--insecure', '--path', '/', '--bus', kafka().url()], home())
    await waitFor('the first records', async () => (await bus.listTopics()).includes(TOPIC) && (await stored()) > RATE, 90_000)
    const partitions = (await bus.offsets(TOPIC)).length
    const leader = await leaderOf(
      bus,
      TOPIC,
      partitionOf(address, partitions, () => 0),
    )
    const before = memory()
    await away(leader)
    await sleep(OUTAGE * 1_000)
    const during = memory()
    expect(client.child.exitCode, client.stderr).to.equal(null)
    await back(leader)
    const backAt = performance.now()
    await waitFor('everything on the bus', async () => (await stored().catch(() => 0)) >= COUNT + 2, 120_000)
    const caughtUp = performance.now() - backAt
    const { rss = 0 } = usageOf(client.child.pid ?? 0) ?? {}
    expect(await client.signal('SIGINT'), client.stderr).to.equal(130)
    const ledger = new Ledger(address, UPDATES)
    for await (const record of telemetryOf(bus)) ledger.add(record)
    ledger.close(new Map([[0, COUNT]]))
    const { violations, connections, messages } = ledger
    if (process.env.SHITOPS_OUTAGE_SECONDS) {
      const mb = (bytes: number) => Math.round(bytes / 1e6)
      const rss_mb = { before: mb(before), during: mb(during), peak: mb(rss) }
      const times = { outage_s: OUTAGE, all_there_after_s: Math.round(caughtUp / 100) / 10 }
      console.log(
        JSON.stringify({ name: 'gnmi-broker-outage', outage: name, sent: COUNT, on_bus: messages, ...violations, ...times, rss_mb }),
      )
    }
    expect(violations).to.deep.equal({ lost: 0, doubled: 0, misplaced: 0, facts: 0, said: [] })
    expect(connections).to.equal(1)
    expect(rss, 'memory').to.be.below(MOST_MEMORY)
  }

  const cases: Array<[string, away: (leader: number) => unknown, back: (leader: number) => unknown]> = [
    ['the leader is frozen', (leader) => kafka().freeze(leader), (leader) => kafka().thaw(leader)],
    ['the leader is killed and started again', (leader) => kafka().kill(leader), (leader) => kafka().start(leader)],
    ['all brokers are frozen', () => kafka().ids.map((id) => kafka().freeze(id)), () => kafka().ids.map((id) => kafka().thaw(id))],
    [
      'all brokers are killed and started again',
      () => Promise.all(kafka().ids.map((id) => kafka().kill(id))),
      () => Promise.all(kafka().ids.map((id) => kafka().start(id))),
    ],
  ]
  for (const [name, away, back] of cases) {
    it(`${name}: nothing is lost, nothing doubled, and memory stays bounded`, async function () {
      this.timeout(240_000 + OUTAGE * 1_000)
      await through(name, away, back)
    })
  }
})
