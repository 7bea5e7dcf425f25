import { expect } from 'chai'
import type { EmbeddedBus } from '../../../src/bus/embedded/embedded-bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { readAll, removeDirectory, TestClock, temporaryDirectory, until } from './support.ts'

const NOON = 1_700_000_000_000
const HOUR_MS = 3_600_000

describe('bus/embedded retention', () => {
  let directory: string
  let clock: TestClock
  let bus: EmbeddedBus

  beforeEach(async () => {
    directory = temporaryDirectory()
    clock = new TestClock(NOON)
    bus = await openEmbeddedBus(`embedded:${directory}`, { clock })
  })

  afterEach(async () => {
    await bus.close()
    removeDirectory(directory)
  })

  /** One record an hour, the first at noon. */
  async function hourly(topic: string, count: number, size = 10): Promise<void> {
    for (let i = 0; i < count; i++) await bus.append(topic, [{ key: 'k', value: Buffer.alloc(size, i), timestamp: NOON + i * HOUR_MS }])
  }

  it('keeps everything unless told otherwise', async () => {
    await bus.createTopic({ name: 't', partitions: 1 })
    await hourly('t', 5)
    clock.ms = NOON + 10_000 * HOUR_MS
    await bus.maintain()
    expect(await bus.offsets('t')).to.deep.equal([{ partition: 0, earliest: 0, latest: 5 }])
  })

  it('removes batches older than retention.ms, from the front', async () => {
    await bus.createTopic({ name: 't', partitions: 1, config: { 'retention.ms': String(3 * HOUR_MS) } })
    await hourly('t', 6)
    clock.ms = NOON + 5 * HOUR_MS
    await bus.maintain()
    expect(await bus.offsets('t')).to.deep.equal([{ partition: 0, earliest: 2, latest: 6 }])
    expect((await readAll(bus, 't')).map(({ offset }) => offset)).to.deep.equal([2, 3, 4, 5])
  })

  it('a late record holds back what is behind it, as in Kafka', async () => {
    await bus.createTopic({ name: 't', partitions: 1, config: { 'retention.ms': String(HOUR_MS) } })
    await bus.append('t', [{ key: 'k', value: 'new', timestamp: NOON + 5 * HOUR_MS }])
    await bus.append('t', [{ key: 'k', value: 'old', timestamp: NOON }])
    clock.ms = NOON + 5 * HOUR_MS
    await bus.maintain()
    expect((await bus.offsets('t'))[0]?.earliest).to.equal(0)
  })

  it('keeps at least retention.bytes, and little more', async () => {
    await bus.createTopic({ name: 't', partitions: 1, config: { 'retention.bytes': '50000' } })
    await hourly('t', 100, 1_000)
    await bus.maintain()
    const bytes = (await bus.describeTopic('t')).partitions[0]?.bytes ?? 0
    expect(bytes).to.be.within(50_000, 52_000)
    expect((await readAll(bus, 't')).at(-1)?.offset).to.equal(99)
  })

  it('offsets go on after everything was removed', async () => {
    await bus.createTopic({ name: 't', partitions: 1, config: { 'retention.ms': '1000' } })
    await hourly('t', 3)
    clock.ms = NOON + 100 * HOUR_MS
    await bus.maintain()
    expect(await bus.offsets('t')).to.deep.equal([{ partition: 0, earliest: 3, latest: 3 }])
    const [appended] = await bus.append('t', [{ key: 'k', value: 'next' }])
    expect(appended?.baseOffset).to.equal(3)
    expect(await bus.offsetsAt('t', 0)).to.deep.equal([{ partition: 0, offset: 3 }])
  })

  it('the URL has defaults, and a topic may differ', async () => {
    const other = await openEmbeddedBus(`embedded:${directory}?retention.ms=1000`, { clock })
    await other.createTopic({ name: 'by-url', partitions: 1 })
    await other.createTopic({ name: 'own', partitions: 1, config: { 'retention.ms': '-1' } })
    expect((await other.describeTopic('by-url')).config['retention.ms']).to.equal('1000')
    expect((await other.describeTopic('own')).config['retention.ms']).to.equal('-1')
    await other.close()
  })

  it('who writes does it, without being asked', async () => {
    await bus.createTopic({ name: 't', partitions: 1, config: { 'retention.ms': String(HOUR_MS) } })
    await hourly('t', 3)
    clock.ms = NOON + 10 * HOUR_MS
    await until('the old ones are gone', async () => {
      await bus.append('t', [{ key: 'k', value: 'now' }])
      return (await bus.offsets('t'))[0]?.earliest === 3
    })
  })

  it('the space of a deleted topic comes back', async () => {
    await bus.createTopic({ name: 't', partitions: 2 })
    await bus.createTopic({ name: 'other', partitions: 1 })
    await hourly('other', 2)
    for (let i = 0; i < 600; i++) await bus.append('t', [{ key: String(i), value: 'x' }])
    await bus.deleteTopic('t')
    await bus.maintain()
    const facts = Object.fromEntries((await bus.health()).facts)
    expect(facts.records).to.equal('2')
    expect(await readAll(bus, 'other')).to.have.length(2)
  })
})
