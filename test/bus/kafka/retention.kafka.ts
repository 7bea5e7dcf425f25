import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka, waitFor } from '../../support/kafka/index.ts'
import { numbers } from './support.ts'

/** Old segments go within a second of their time. */
const properties = { 'log.retention.check.interval.ms': '200', 'log.segment.delete.delay.ms': '0', 'log.initial.task.delay.ms': '200' }

describeKafka('records that retention has removed', { properties }, (kafka) => {
  let bus: Bus
  const warnings: string[] = []

  before(async () => {
    bus = await openBus(kafka().url(), { logger: { ...silentLogger, warn: (line) => warnings.push(line) } })
    const config = { 'retention.bytes': '4096', 'segment.bytes': '1048576', 'cleanup.policy': 'delete' }
    await bus.createTopic({ name: 'short', partitions: 1, config })
    const value = Buffer.alloc(100_000, 'x')
    for (let i = 0; i < 40; i++) await bus.append('short', [{ key: `${i}`, value }])
    await waitFor('the removal of the first records', async () => (await earliest()) > 0, 60_000)
  })
  after(() => bus.close())

  const earliest = async () => (await bus.offsets('short'))[0]?.earliest ?? 0

  it('a range begins at the first one that is left', async () => {
    const first = await earliest()
    const offsets: number[] = []
    for await (const batch of bus.read({ topic: 'short', partitions: [{ partition: 0, from: 0 }] }))
      for (const { offset } of batch) offsets.push(offset)
    expect(offsets[0]).to.be.at.least(first)
    expect(offsets.at(-1)).to.equal(39)
  })

  it('a group that had committed before them goes on at the first one that is left, with a warning', async () => {
    await bus.commitOffsets('late', [{ topic: 'short', partition: 0, offset: 0 }])
    const stop = new AbortController()
    const offsets: number[] = []
    const consuming = bus.consume({
      ...{ group: 'late', topics: ['short'], start: 'latest', signal: stop.signal },
      onBatch: async (batch) => {
        for (const { offset } of batch) offsets.push(offset)
      },
    })
    await waitFor('the last record', () => offsets.includes(39), 30_000)
    stop.abort()
    await consuming
    expect(offsets[0]).to.be.greaterThan(0)
    expect(warnings.join('\n')).to.include('gone by retention')
  })

  it('a group whose topic was made anew begins where it wants to, with a warning', async () => {
    await bus.createTopic({ name: 'anew', partitions: 1 })
    await bus.append('anew', numbers(0, 3))
    await bus.commitOffsets('ahead', [{ topic: 'anew', partition: 0, offset: 1_000 }])
    const stop = new AbortController()
    const values: string[] = []
    const consuming = bus.consume({
      ...{ group: 'ahead', topics: ['anew'], start: 'earliest', signal: stop.signal },
      onBatch: async (batch) => {
        for (const { value } of batch) values.push(String(value))
      },
    })
    await waitFor('three records', () => values.length === 3, 30_000)
    stop.abort()
    await consuming
    expect(values).to.deep.equal(['0', '1', '2'])
    expect(warnings.join('\n')).to.include('had read "anew" partition 0 up to 1000')
  })
})
