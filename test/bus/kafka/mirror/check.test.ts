import { expect } from 'chai'
import type { Bus, OutRecord } from '../../../../src/bus/bus.ts'
import { checkMirror, type MirrorCheckOptions } from '../../../../src/bus/kafka/mirror/check.ts'
import { openBus } from '../../../../src/bus/open.ts'
import { thrownBy } from '../../../support/thrown-by.ts'
import { removeDirectory, TestClock, temporaryDirectory } from '../../embedded/support.ts'
import { checkpoint, heartbeat, offsetSync } from './mm2-records.ts'

const NOW = 1_774_944_000_000
const SYNCS = 'mm2-offset-syncs.B.internal'
const CHECKPOINTS = 'A.checkpoints.internal'
const KEEP = { 'retention.ms': '-1' }

/** Two buses in which is written what MirrorMaker 2 would write; test/bus/kafka/mirror/mirror.kafka.ts has a real one. */
describe('a cluster and its mirror', () => {
  const folders = [temporaryDirectory(), temporaryDirectory()] as const
  let source: Bus
  let target: Bus

  beforeEach(async () => {
    source = await openBus(`embedded:${folders[0]}`)
    target = await openBus(`embedded:${folders[1]}`)
    for (const bus of [source, target]) for (const name of await bus.listTopics()) await bus.deleteTopic(name)
    for (const group of await source.listGroups()) await source.deleteGroup(group.group)
    await source.createTopic({ name: SYNCS, partitions: 1 })
    for (const name of [CHECKPOINTS, 'heartbeats']) await target.createTopic({ name, partitions: 1 })
    await target.append('heartbeats', [heartbeat('A', 'B', NOW - 1_000)])
  })
  afterEach(async () => {
    await source.close()
    await target.close()
  })
  after(() => folders.forEach(removeDirectory))

  const check = (options: Partial<MirrorCheckOptions> = {}) => checkMirror({ source, target, clock: new TestClock(NOW), ...options })
  const numbered = (from: number, count: number, partition = 0): OutRecord[] =>
    Array.from({ length: count }, (_, i) => ({ key: 'k', value: `${from + i}`, timestamp: NOW - 100_000 + (from + i) * 1_000, partition }))

  /** A topic of the source with so many records, of which the mirror has so many. */
  async function mirrored(topic: string, { all, copied, sync }: { all: number; copied: number; sync?: [number, number] }): Promise<void> {
    await source.createTopic({ name: topic, partitions: 1, config: KEEP })
    await target.createTopic({ name: `A.${topic}`, partitions: 1, config: KEEP })
    if (all > 0) await source.append(topic, numbered(0, all))
    if (copied > 0) await target.append(`A.${topic}`, numbered(0, copied))
    if (sync) await source.append(SYNCS, [offsetSync(topic, 0, ...sync)])
  }

  it('in step: nothing to find, and the aliases are read off the topics', async () => {
    await mirrored('orders', { all: 10, copied: 10, sync: [0, 0] })
    await mirrored('empty', { all: 0, copied: 0 })
    const report = await check()
    expect(report.findings).to.deep.equal([])
    expect(report.naming).to.deep.equal({ source: 'A', target: 'B', policy: 'default', separator: '.' })
    expect(report.silentMs).to.equal(1_000)
    expect(report.topics).to.deep.equal([
      { topic: 'empty', mirror: 'A.empty', partitions: [{ partition: 0, latest: 0, mirrored: 0, lag: 0, behindMs: null }] },
      { topic: 'orders', mirror: 'A.orders', partitions: [{ partition: 0, latest: 10, mirrored: 10, lag: 0, behindMs: 0 }] },
    ])
  })

  it('what is behind is counted from the last sync, in records and in time', async () => {
    // The source had 90 records before the ones it still has: offsets do not agree, distances do.
    await mirrored('orders', { all: 30, copied: 10, sync: [4, 2] })
    const report = await check({ maxLag: 15 })
    expect(report.topics[0]?.partitions).to.deep.equal([{ partition: 0, latest: 30, mirrored: 12, lag: 18, behindMs: 20_000 }])
    expect(report.findings.map(({ problem, subject }) => [problem, subject])).to.deep.equal([['behind', 'orders/0']])
    expect(report.findings[0]?.message).to.equal('A.orders/0 is 18 records behind (20 s)')
    expect((await check({ maxLag: 18 })).findings).to.deep.equal([])
  })

  it('where offsets at the end are no records (markers), the last records decide', async () => {
    await mirrored('orders', { all: 10, copied: 10, sync: [0, 2] })
    expect((await check()).topics[0]?.partitions?.[0]).to.include({ lag: 0, mirrored: 10 })
  })

  it('unknown is not 0: no sync and another last record', async () => {
    await mirrored('orders', { all: 10, copied: 7 })
    const report = await check()
    expect(report.topics[0]?.partitions?.[0]).to.include({ lag: null, mirrored: null, behindMs: 3_000 })
    expect(report.findings.map(({ problem }) => problem)).to.deep.equal(['lag-unknown'])
  })

  it('nothing copied yet is all of it behind', async () => {
    await mirrored('orders', { all: 10, copied: 0 })
    const report = await check({ maxLag: 0 })
    expect(report.topics[0]?.partitions?.[0]).to.include({ lag: 10, mirrored: 0 })
    expect(report.findings.map(({ problem }) => problem)).to.deep.equal(['behind'])
  })

  it('a mirror that was made anew is told from one that is in step', async () => {
    await mirrored('orders', { all: 10, copied: 5, sync: [9, 9] })
    const problems = (await check()).findings.map(({ problem }) => problem)
    expect(problems).to.include('mirror-replaced')
  })

  it('topics that are not there, partitions that are not there, another cleanup policy', async () => {
    await source.createTopic({ name: 'gone', partitions: 1 })
    await source.createTopic({ name: 'wide', partitions: 3 })
    await target.createTopic({ name: 'A.wide', partitions: 2 })
    await source.createTopic({ name: 'state', partitions: 1, config: { 'cleanup.policy': 'compact' } })
    await target.createTopic({ name: 'A.state', partitions: 1 })
    for (const name of ['B.back', 'x.replica', 'other.checkpoints.internal']) await source.createTopic({ name, partitions: 1 })
    const report = await check({ sourceAlias: 'A' })
    expect(report.findings.map(({ problem, severity, subject }) => [problem, severity, subject])).to.deep.equal([
      ['topic-missing', 'error', 'gone'],
      ['policy-differs', 'warning', 'state'],
      ['partitions-missing', 'error', 'wide'],
    ])
    expect(report.topics.map(({ topic }) => topic)).to.deep.equal(['gone', 'state', 'wide'])
    expect((await check({ wants: (topic) => topic !== 'gone' && topic !== 'wide' })).findings).to.have.length(1)
  })

  it('groups: where they would go on, and what they would read again', async () => {
    await mirrored('orders', { all: 50, copied: 50, sync: [20, 10] })
    await source.commitOffsets('readers', [{ topic: 'orders', partition: 0, offset: 45 }])
    await target.append(CHECKPOINTS, [checkpoint('readers', 'A.orders', 0, 20, 10), checkpoint('readers', 'A.orders', 0, 40, 11)])
    await target.commitOffsets('readers', [{ topic: 'A.orders', partition: 0, offset: 11 }])
    const report = await check()
    expect(report.groups).to.deep.equal([
      { group: 'readers', topic: 'orders', partition: 0, committed: 45, translated: 11, synced: 11, again: 24 },
    ])
    expect(report.findings).to.deep.equal([])
  })

  it('groups that are not translated, and one that would leave records out', async () => {
    await mirrored('orders', { all: 50, copied: 50, sync: [20, 20] })
    await source.commitOffsets('forgotten', [{ topic: 'orders', partition: 0, offset: 5 }])
    await source.commitOffsets('hasty', [{ topic: 'orders', partition: 0, offset: 30 }])
    await target.append(CHECKPOINTS, [checkpoint('hasty', 'A.orders', 0, 30, 33)])
    const report = await check()
    expect(report.findings.map(({ problem, subject }) => [problem, subject])).to.deep.equal([
      ['not-translated', 'forgotten on orders/0'],
      ['translated-too-far', 'hasty on orders/0'],
    ])
    expect(report.findings[1]?.message).to.include('leave out 3 records')
  })

  it('a MirrorMaker that is silent, or never was there', async () => {
    await mirrored('orders', { all: 1, copied: 1, sync: [0, 0] })
    expect((await check({ maxSilenceMs: 500 })).findings[0]).to.include({ problem: 'silent', severity: 'error', subject: 'A -> B' })
    const error = await thrownBy(() => checkMirror({ source: target, target: source, clock: new TestClock(NOW) }))
    expect(error).to.include({ code: 'SHITOPS_E_USAGE' })
    expect(String(error)).to.include('alias of the source cluster')
    const never = await check({ sourceAlias: 'C', targetAlias: 'B' })
    expect(never.findings[0]?.message).to.equal('MirrorMaker from C to B has never given a sign of life')
  })

  it('with the identity policy topics keep their names', async () => {
    await source.createTopic({ name: 'orders', partitions: 1 })
    await target.createTopic({ name: 'orders', partitions: 1 })
    const report = await check({ policy: 'identity' })
    expect(report.topics.map(({ mirror }) => mirror)).to.deep.equal(['orders'])
    expect(report.findings).to.deep.equal([])
  })
})
