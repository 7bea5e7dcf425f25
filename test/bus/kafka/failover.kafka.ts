import { expect } from 'chai'
import type { Bus, Claim } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka, waitFor } from '../../support/kafka/index.ts'
import { census, heal, leaderOf, numbers, safeTopic } from './support.ts'

const PARTITIONS = 6
const TOTAL = 12_000
const CHUNK = 20

describeKafka('a broker fails', { racks: ['a', 'b', 'c'] }, (kafka) => {
  let bus: Bus

  before(async () => {
    bus = await openBus(kafka().url())
  })
  afterEach(async function () {
    this.timeout(90_000)
    await heal(kafka(), bus)
  })
  after(() => bus.close())

  /** Writes TOTAL records to all partitions, calling `disturb` once when a third is acknowledged. */
  async function writeThrough(topic: string, disturb: () => Promise<void> | void): Promise<void> {
    const pending = new Set<Promise<unknown>>()
    let acknowledged = 0
    let disturbed: Promise<void> | undefined
    for (let from = 0; from < TOTAL; from += CHUNK) {
      const write = bus.append(topic, numbers(from, CHUNK)).then(() => {
        acknowledged += CHUNK
        pending.delete(write)
      })
      pending.add(write)
      if (pending.size >= 20) await Promise.race(pending)
      if (acknowledged > TOTAL / 3) disturbed ??= Promise.resolve(disturb())
    }
    await Promise.all(pending)
    await disturbed
    expect(disturbed, 'it was disturbed').to.not.equal(undefined)
    expect(acknowledged).to.equal(TOTAL)
  }

  it('kill -9 of a leader in mid-write: every acknowledged record is there once', async function () {
    this.timeout(90_000)
    await safeTopic(bus, 'killed', PARTITIONS)
    await writeThrough('killed', async () => kafka().kill(await leaderOf(bus, 'killed')))
    expect(await census(bus, 'killed', TOTAL)).to.deep.equal({ lost: 0, doubled: 0, strange: 0 })
  })

  it('a frozen leader in mid-write: the writes go on at the next one, none lost, none doubled', async function () {
    this.timeout(90_000)
    await safeTopic(bus, 'frozen', PARTITIONS)
    await writeThrough('frozen', async () => kafka().freeze(await leaderOf(bus, 'frozen')))
    expect(await census(bus, 'frozen', TOTAL)).to.deep.equal({ lost: 0, doubled: 0, strange: 0 })
  })

  it('a follower reads on at the next leader, each record once and in order', async function () {
    this.timeout(90_000)
    await safeTopic(bus, 'followed', 1)
    const stop = new AbortController()
    const seen: string[] = []
    const reading = (async () => {
      for await (const batch of bus.read({
        topic: 'followed',
        partitions: [{ partition: 0, from: 0 }],
        follow: true,
        signal: stop.signal,
      })) {
        for (const { value } of batch) seen.push(String(value))
      }
    })()
    await bus.append('followed', numbers(0, 500))
    await waitFor('the first half', () => seen.length === 500)
    await kafka().kill(await leaderOf(bus, 'followed'))
    await bus.append('followed', numbers(500, 500))
    await waitFor('the second half', () => seen.length >= 1_000, 60_000)
    stop.abort()
    await reading
    expect(seen).to.deep.equal(Array.from({ length: 1_000 }, (_, i) => `${i}`))
  })

  it('a transactional copy through the death of its brokers is exactly once', async function () {
    this.timeout(120_000)
    await safeTopic(bus, 'source', 2)
    await safeTopic(bus, 'sink', 3)
    await bus.append('source', numbers(0, 3_000))
    const stop = new AbortController()
    let copied = 0
    const copying = bus.consume({
      ...{ group: 'copy', topics: ['source'], start: 'earliest', signal: stop.signal, maxBatchBytes: 2_000 },
      onBatch: async (batch, claim: Claim) => {
        const { topic, partition, nextOffset } = batch
        const records = Array.from(batch, ({ key, value }) => ({ key, value }))
        const commits = [{ topic, partition, offset: nextOffset }]
        await bus.transact({ id: `copy-${partition}`, appends: [{ topic: 'sink', records }], offsets: { group: 'copy', commits, claim } })
        copied += batch.count
      },
    })
    await waitFor('a third of the copy', () => copied > 1_000, 60_000)
    await kafka().kill(await leaderOf(bus, 'sink'))
    await waitFor(
      'the whole copy',
      async () => (await bus.describeGroup('copy')).offsets.reduce((sum, { committed }) => sum + (committed ?? 0), 0) === 3_000,
      90_000,
    )
    stop.abort()
    await copying
    expect(await census(bus, 'sink', 3_000)).to.deep.equal({ lost: 0, doubled: 0, strange: 0 })
  })

  it('a group goes on when the broker that looks after it dies', async function () {
    this.timeout(90_000)
    await safeTopic(bus, 'looked-after', 2)
    const stop = new AbortController()
    const seen = new Set<string>()
    const consuming = bus.consume({
      ...{ group: 'survivor', topics: ['looked-after'], start: 'earliest', signal: stop.signal },
      onBatch: async (batch, claim) => {
        for (const { value } of batch) seen.add(String(value))
        await claim.commit(batch.nextOffset)
      },
    })
    await bus.append('looked-after', numbers(0, 100))
    await waitFor('the first hundred', () => seen.size === 100, 30_000)
    await kafka().kill(await coordinatorOf('survivor'))
    await bus.append('looked-after', numbers(100, 100))
    await waitFor('all of it', () => seen.size === 200, 60_000)
    await waitFor('the commits', async () => (await bus.describeGroup('survivor')).offsets.every(({ lag }) => lag === 0), 60_000)
    stop.abort()
    await consuming
  })

  /** The group's partition of __consumer_offsets is known by its hash (String.hashCode, as the broker computes it). */
  async function coordinatorOf(group: string): Promise<number> {
    let hash = 0
    for (let i = 0; i < group.length; i++) hash = (Math.imul(31, hash) + group.charCodeAt(i)) | 0
    return leaderOf(bus, '__consumer_offsets', (hash & 0x7fffffff) % 6)
  }
})
