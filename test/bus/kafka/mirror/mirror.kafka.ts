import { expect } from 'chai'
import { systemClock } from '../../../../src/base/clock.ts'
import type { Bus } from '../../../../src/bus/bus.ts'
import { checkMirror } from '../../../../src/bus/kafka/mirror/check.ts'
import type { MirrorReport } from '../../../../src/bus/kafka/mirror/report.ts'
import { openBus } from '../../../../src/bus/open.ts'
import { runCli } from '../../../support/cli.ts'
import { describeWithJava, type KafkaCluster, startKafka, waitFor } from '../../../support/kafka/index.ts'
import { startMirrorMaker } from '../../../support/kafka/mirror-maker.ts'
import { numbers } from '../support.ts'

const PATIENCE_MS = 300_000

describeWithJava('two clusters with a MirrorMaker 2 between them', () => {
  let a: KafkaCluster
  let b: KafkaCluster
  let source: Bus
  let target: Bus
  let mirrorMaker: { stop(): Promise<void> } | undefined
  let report: MirrorReport

  before(async function () {
    this.timeout(2 * PATIENCE_MS)
    ;[a, b] = await Promise.all([startKafka(), startKafka()])
    source = await openBus(a.url())
    target = await openBus(b.url())
    await source.createTopic({ name: 'orders', partitions: 2, config: { 'retention.ms': '-1' } })
    await source.createTopic({ name: 'state', partitions: 1, config: { 'cleanup.policy': 'compact' } })
    await source.createTopic({ name: 'private', partitions: 1 })
    await source.append('orders', numbers(0, 200))
    await source.append('state', numbers(0, 5))
    mirrorMaker = await startMirrorMaker(a, b, { topics: 'orders, state' })
  })
  after(async () => {
    await mirrorMaker?.stop()
    await source?.close()
    await target?.close()
    await a?.down()
    await b?.down()
  })

  const check = async () => {
    report = await checkMirror({ source, target, sourceAlias: 'A', targetAlias: 'B', clock: systemClock, maxLag: 0 })
    return report
  }
  const problems = () => report.findings.map(({ problem, subject }) => `${problem} ${subject}`)
  const lags = (topic: string) => report.topics.find((one) => one.topic === topic)?.partitions?.map(({ lag }) => lag)
  /** Waits until the check says so; what it last said goes into the failure. */
  const until = (what: string, holds: () => boolean) =>
    waitFor(what, async () => check().then(holds), PATIENCE_MS).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error}; the check says ${JSON.stringify(report, null, 1)}`)
    })

  it('what is mirrored gets into step; what is not is missed by name', async function () {
    this.timeout(PATIENCE_MS)
    await until('two topics in step', () => problems().join() === 'topic-missing private')
    expect(lags('orders')).to.deep.equal([0, 0])
    expect(lags('state')).to.deep.equal([0])
    expect(report.silentMs).to.be.below(60_000)
    expect((await target.describeTopic('A.state')).config['cleanup.policy']).to.equal('compact')
  })

  it('the aliases need not be told: they are read off the topics', async () => {
    const { naming } = await checkMirror({ source, target, clock: systemClock })
    expect(naming).to.include({ source: 'A', target: 'B' })
  })

  it('`topic check --mirror` says the same, and ends with 3; of topics that are in step it ends with 0', async () => {
    const cli = (...more: string[]) => runCli(['topic', 'check', '--bus', a.url(), '--mirror', b.url(), ...more])
    const all = await cli()
    expect(all.code, all.stderr).to.equal(3)
    expect(all.stdout)
      .to.match(/orders +A\.orders +0 +\d+ +\d+ +0/)
      .and.to.contain('private')
    const two = await cli('orders', 'state', '--json')
    expect(two.code, two.stdout).to.equal(0)
    expect(JSON.parse(two.stdout)).to.deep.include({ findings: [] })
  })

  it('markers of transactions are no lag', async function () {
    this.timeout(PATIENCE_MS)
    for (let i = 0; i < 5; i++) await source.transact({ id: 'booker', appends: [{ topic: 'orders', records: numbers(200 + i * 4, 4) }] })
    await until('orders in step', () => lags('orders')?.every((lag) => lag === 0) === true)
    const copied = (await target.offsets('A.orders')).reduce((sum, { latest }) => sum + latest, 0)
    expect(copied, 'records of the mirror').to.equal(220)
    const offsets = (await source.offsets('orders')).reduce((sum, { latest }) => sum + latest, 0)
    expect(offsets, 'offsets of the source, with the markers').to.be.above(220)
  })

  it('a group is translated: where it would go on, it has not read yet and leaves nothing out', async function () {
    this.timeout(PATIENCE_MS)
    const [first] = await source.offsets('orders')
    const committed = (first?.latest ?? 0) - 5
    await source.commitOffsets('desk', [{ topic: 'orders', partition: 0, offset: committed }])
    const desk = () => report.groups.find(({ group }) => group === 'desk')
    await until('the checkpoint, and the offset on the target', () => desk()?.translated != null && desk()?.synced != null)
    expect(problems()).to.deep.equal(['topic-missing private'])
    expect(desk()?.synced).to.equal(desk()?.translated)
    const translated = desk()?.translated ?? 0
    // By what the records say, not by their offsets: the first one to be read there is not after the first unread one here.
    const [unread, there] = [await valueAt(source, 'orders', committed), await valueAt(target, 'A.orders', translated)]
    expect(there).to.be.at.most(unread)
  })

  it('a mirror that has stopped is behind, by as many records as were written since, and silent after a while', async function () {
    this.timeout(PATIENCE_MS)
    await mirrorMaker?.stop()
    mirrorMaker = undefined
    await source.append(
      'orders',
      numbers(1_000, 30).map((record) => ({ ...record, partition: 1 })),
    )
    await check()
    expect(lags('orders')).to.deep.equal([0, 30])
    expect(problems()).to.include('behind orders/1')
    const silent = await checkMirror({ source, target, clock: systemClock, maxSilenceMs: 0 })
    expect(silent.findings[0]?.problem).to.equal('silent')
  })

  async function valueAt(bus: Bus, topic: string, from: number): Promise<number> {
    for await (const batch of bus.read({ topic, partitions: [{ partition: 0, from }] })) return Number(batch.value(0))
    throw new Error(`nothing in ${topic} from ${from} on`)
  }
})
