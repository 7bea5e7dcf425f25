import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka, waitFor } from '../../support/kafka/index.ts'
import { census, heal, leaderOf, numbers, safeTopic } from './support.ts'

/** Brokers 1 and 4 and 7 are in rack a, 2 and 5 in b, 3 and 6 in c. */
const RACKS = ['a', 'b', 'c', 'a', 'b', 'c', 'a']

describeKafka('seven brokers in three racks', { racks: RACKS }, (kafka) => {
  let bus: Bus

  before(async () => {
    bus = await openBus(kafka().url())
    await bus.createTopic({ name: 'wide', partitions: 12, replication: 3, config: { 'min.insync.replicas': '2' } })
  })
  after(() => bus.close())

  it('health names brokers and racks, and has nothing to complain about', async () => {
    await waitFor('all replicas in sync', async () => (await bus.health()).warnings.length === 0)
    const facts = new Map((await bus.health()).facts)
    expect(facts.get('racks')).to.equal('a, b, c')
    for (const id of kafka().ids) expect(facts.get('brokers')).to.include(kafka().address(id))
  })

  it('a reader with a rack reads from a replica in that rack, and gets everything', async () => {
    await bus.append('wide', numbers(0, 1_200))
    const rackOf = (id: number) => RACKS[id - 1]
    const described = await bus.describeTopic('wide')
    for (const rack of ['a', 'b', 'c']) {
      const sources: string[] = []
      const reader = await openBus(kafka().url({ rack }), { logger: { ...silentLogger, debug: (line) => sources.push(line) } })
      expect(await census(reader, 'wide', 1_200)).to.deep.equal({ lost: 0, doubled: 0, strange: 0 })
      await reader.close()
      const moves = sources.flatMap((line) => [
        ...(/partition (\d+) from broker (\d+), which is in rack "(\w)"/.exec(line)?.slice(1, 3).map(Number) ?? []),
      ])
      const moved = new Map<number, number>()
      for (let i = 0; i < moves.length; i += 2) moved.set(moves[i] ?? -1, moves[i + 1] ?? -1)
      for (const { partition, leader, replicas } of described.partitions) {
        const near = replicas.filter((id) => rackOf(id) === rack)
        expect(near, `a replica of ${partition} in rack ${rack}`).to.have.length(1)
        if (leader === near[0]) expect(moved.has(partition), `partition ${partition}, whose leader is near`).to.equal(false)
        else expect(moved.get(partition), `partition ${partition}`).to.equal(near[0])
      }
    }
  })

  it('a rack that nobody is in: read from the leaders, with a warning', async () => {
    const reader = await openBus(kafka().url({ rack: 'nowhere' }))
    expect((await reader.health()).warnings.join()).to.include('"nowhere"')
    expect(await census(reader, 'wide', 1_200)).to.deep.equal({ lost: 0, doubled: 0, strange: 0 })
    await reader.close()
  })

  it('a reader whose near replica dies goes on with the leader', async () => {
    await bus.createTopic({ name: 'near', partitions: 1, replication: 3 })
    await bus.append('near', numbers(0, 100))
    const [partition] = (await bus.describeTopic('near')).partitions
    const leader = await leaderOf(bus, 'near')
    const near = partition?.replicas.find((id) => id !== leader) ?? -1
    const reader = await openBus(kafka().url({ rack: RACKS[near - 1] ?? '' }))
    const stop = new AbortController()
    const seen: string[] = []
    const reading = (async () => {
      for await (const batch of reader.read({
        topic: 'near',
        partitions: [{ partition: 0, from: 0 }],
        follow: true,
        signal: stop.signal,
      })) {
        for (const { value } of batch) seen.push(String(value))
      }
    })()
    await waitFor('the first hundred', () => seen.length === 100)
    await kafka().kill(near)
    await bus.append('near', numbers(100, 100))
    await waitFor('the second hundred', () => seen.length === 200, 30_000)
    stop.abort()
    await reading
    await reader.close()
    expect(seen).to.deep.equal(Array.from({ length: 200 }, (_, i) => `${i}`))
    await heal(kafka(), bus)
  })

  it('a near replica that is back after the reader began is no trap: the reader has never heard of its broker', async function () {
    this.timeout(120_000)
    await safeTopic(bus, 'back', 1)
    const [partition] = (await bus.describeTopic('back')).partitions
    const leader = await leaderOf(bus, 'back')
    const near = partition?.replicas.find((id) => id !== leader) ?? -1
    await kafka().kill(near)
    await waitFor('a cluster without it', async () => !(await inSync('back')).includes(near), 60_000)
    const reader = await openBus(kafka().url({ rack: RACKS[near - 1] ?? '' }))
    const stop = new AbortController()
    const seen: string[] = []
    const reading = (async () => {
      const partitions = [{ partition: 0, from: 0 }]
      for await (const batch of reader.read({ topic: 'back', partitions, follow: true, signal: stop.signal }))
        for (const { value } of batch) seen.push(String(value))
    })()
    try {
      await bus.append('back', numbers(0, 100))
      await waitFor('the first hundred', () => seen.length === 100, 30_000)
      await heal(kafka(), bus)
      await waitFor('the near replica', async () => (await inSync('back')).includes(near), 60_000)
      await bus.append('back', numbers(100, 100))
      await waitFor('the second hundred', () => seen.length === 200, 30_000)
    } finally {
      stop.abort()
      await reading
      await reader.close()
    }
    expect(seen).to.deep.equal(Array.from({ length: 200 }, (_, i) => `${i}`))

    async function inSync(topic: string): Promise<readonly number[]> {
      return (await bus.describeTopic(topic)).partitions[0]?.inSync ?? []
    }
  })

  it('a whole rack goes down: writing and reading go on', async () => {
    for (const id of [2, 5]) await kafka().kill(id)
    await bus.append('wide', numbers(1_200, 1_200))
    expect(await census(bus, 'wide', 2_400)).to.deep.equal({ lost: 0, doubled: 0, strange: 0 })
    expect((await bus.health()).warnings.join()).to.include('replicas are missing')
    await heal(kafka(), bus)
  })
})
