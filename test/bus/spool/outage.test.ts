import { expect } from 'chai'
import type { Bus, Transaction } from '../../../src/bus/bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { openBus } from '../../../src/bus/open.ts'
import { readStanding } from '../../../src/bus/ops/read-standing.ts'
import { HandClock } from '../../support/hand-clock.ts'
import { type Past, pastOf, thawed } from '../../support/thawed-bus.ts'
import { codeOf, readAll, removeDirectory, temporaryDirectory } from '../embedded/support.ts'
import { buryAll, eventually, openFlaky } from './support.ts'

const HOUR = 3_600_000

describe('a collector whose broker is away', () => {
  let places: string[]
  let target: () => Promise<Bus>
  let spool: string

  beforeEach(async () => {
    places = [temporaryDirectory(), temporaryDirectory()]
    spool = places[1] ?? ''
    target = () => openBus(`embedded:${places[0]}`)
    const bus = await target()
    await bus.createTopic({ name: 'events', partitions: 3 })
    await bus.close()
  })
  afterEach(async () => {
    await buryAll()
    for (const place of places) removeDirectory(place)
  })

  /** Values at the target by key, in the order of their offsets. */
  async function arrived(topic = 'events'): Promise<Map<string, string[]>> {
    const bus = await target()
    const byKey = new Map<string, string[]>()
    for (const { key, value } of await readAll(bus, topic)) byKey.set(String(key), [...(byKey.get(String(key)) ?? []), String(value)])
    await bus.close()
    return byKey
  }

  it('six hours without a broker: everything waits, goes out in order when it is back, each record once', async function () {
    this.timeout(120_000)
    const clock = new HandClock()
    const { bus, flaky, logger } = await openFlaky(spool, target, { clock })
    const keys = ['a', 'b', 'c', 'd', 'e']
    let count = 0
    const collect = async () => {
      const value = String(count++)
      return bus.append(
        'events',
        keys.map((key) => ({ key, value, timestamp: clock.now(), headers: [['ce_id', `${key}-${value}`]] as const })),
      )
    }
    expect((await collect())[0]?.baseOffset, 'before the outage').to.equal(0)
    const began = clock.now()
    flaky.mode = 'down'
    while (clock.now() - began < 6 * HOUR) {
      const [result] = await collect()
      expect(result?.baseOffset ?? 0).to.equal(-1)
      clock.jump(60_000)
    }
    const waiting = await bus.stats()
    expect(waiting).to.include({ state: 'away', dropped: 0, refused: 0 })
    expect(waiting.waiting).to.equal(360 * keys.length)
    expect([...(await arrived()).values()].flat(), 'nothing came through').to.have.length(keys.length)
    expect(
      logger.lines.filter((line) => line.includes('the target is away')),
      'said once',
    ).to.have.length(1)
    flaky.mode = 'up'
    await eventually('the broker is noticed', async () => (await bus.stats()).state === 'level', clock, 1_000)
    expect((await collect())[0]?.baseOffset, 'after it').to.be.greaterThan(0)
    const stats = await bus.stats()
    expect(stats).to.include({ state: 'level', waiting: 0, dropped: 0, refused: 0, forwarded: 362 * keys.length })
    const all = await arrived()
    for (const key of keys) expect(all.get(key), key).to.deep.equal(Array.from({ length: 362 }, (_, i) => String(i)))
    await bus.close()
  })

  it('times, headers, tombstones and named partitions come as they were given', async () => {
    const { bus, flaky } = await openFlaky(spool, target, { mode: 'down' })
    const headers = [
      ['ce_id', 'x-1'],
      ['blob', Buffer.from([0, 255])],
    ] as const
    await bus.append('events', [{ key: 'k', value: null, timestamp: 1_234, headers }])
    await bus.append('events', [{ key: null, value: '', timestamp: 5, partition: 2 }])
    flaky.mode = 'up'
    await eventually('both are there', async () => (await bus.stats()).waiting === 0)
    await bus.close()
    const reader = await target()
    const [first, second] = (await readAll(reader, 'events')).sort((a, b) => b.timestamp - a.timestamp)
    await reader.close()
    expect(first).to.include({ timestamp: 1_234, value: null })
    expect(first?.headers.map(([name, value]) => [name, value.toString('latin1')])).to.deep.equal([
      ['ce_id', 'x-1'],
      ['blob', '\0ÿ'],
    ])
    expect([second?.partition, second?.key, String(second?.value), second?.timestamp]).to.deep.equal([2, null, '', 5])
  })

  it('a write of which nobody knows whether it arrived is there once', async () => {
    const { bus, flaky } = await openFlaky(spool, target)
    await bus.append('events', [{ key: 'k', value: '0' }])
    flaky.mode = 'deaf'
    await bus.append('events', [{ key: 'k', value: '1' }])
    await bus.append('events', [{ key: 'k', value: '2' }])
    flaky.mode = 'up'
    await eventually('all is there', async () => (await bus.stats()).waiting === 0)
    await bus.append('events', [{ key: 'k', value: '3' }])
    await bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['0', '1', '2', '3'])
  })

  it('such a write is there once although the coordinator of its position, frozen meanwhile, tells of an older one', async () => {
    let past: Past = {}
    const { bus, flaky } = await openFlaky(spool, async () => thawed(await target(), past))
    await bus.append('events', [{ key: 'k', value: '0' }])
    const reader = await target()
    const [group] = (await reader.listGroups()).map((one) => one.group)
    flaky.mode = 'deaf'
    past = await pastOf(reader, { group: group ?? '' })
    await reader.close()
    await bus.append('events', [{ key: 'k', value: '1' }])
    await eventually('it has arrived, and nobody knows', async () => (await arrived()).get('k')?.length === 2)
    await bus.close()
    const second = await openFlaky(spool, async () => thawed(await target(), past))
    await second.bus.append('events', [{ key: 'k', value: '2' }])
    await eventually('all is there', async () => (await second.bus.stats()).waiting === 0)
    await second.bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['0', '1', '2'])
  })

  it('brokers that say nothing, as frozen ones do, hold up nobody for longer than a moment', async () => {
    const clock = new HandClock()
    const { bus, flaky } = await openFlaky(spool, target, { clock })
    await bus.append('events', [{ key: 'a', value: '0' }])
    // What is known of the topic has to be asked again.
    clock.pass(60_000)
    flaky.mode = 'dead'
    for (const value of ['1', '2', '3']) {
      let done = false
      const appending = bus.append('events', [{ key: 'a', value }]).finally(() => {
        done = true
      })
      await eventually('the append is content with the spool', () => done, clock)
      expect((await appending)[0]?.baseOffset).to.equal(-1)
    }
  })

  it('what waited when the process died goes out before what is new', async () => {
    const first = await openFlaky(spool, target, { mode: 'down' })
    for (const value of ['0', '1']) await first.bus.append('events', [{ key: 'k', value }])
    first.flaky.mode = 'dead'
    const second = await openFlaky(spool, target)
    await second.bus.append('events', [{ key: 'k', value: '2' }])
    await eventually('all is there', async () => (await second.bus.stats()).waiting === 0)
    await second.bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['0', '1', '2'])
  })

  it('whoever takes over sees what waited when the process before died', async () => {
    const first = await openFlaky(spool, target, { mode: 'down' })
    await first.bus.transact({ id: 'sync', appends: [{ topic: 'events', records: [{ key: 'k', value: 'waited' }] }] })
    first.flaky.mode = 'dead'
    let open: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const slow = async () => {
      const bus = await target()
      const transact = async (transaction: Transaction) => {
        if (transaction.appends.length > 0) await gate
        return bus.transact(transaction)
      }
      const own = (name: string | symbol) => (name === 'transact' ? transact : Reflect.get(bus, name))
      return new Proxy(bus, { get: (_, name) => (typeof own(name) === 'function' ? own(name).bind(bus) : own(name)) })
    }
    const { bus } = await openFlaky(spool, slow)
    const taking = bus.takeOver('sync', { topics: ['events'] })
    // Late enough for whoever does not wait to have taken over before.
    setTimeout(open, 200)
    const values: string[] = []
    for await (const batch of readStanding(bus, 'events', await taking)) for (const { value } of batch) values.push(String(value))
    expect(values).to.deep.equal(['waited'])
    await bus.close()
  })

  it('topics that a collector makes while the broker is away are made before its records', async () => {
    const { bus, flaky } = await openFlaky(spool, target, { mode: 'down' })
    await bus.createTopic({ name: 'later', partitions: 2, config: { 'retention.ms': '-1' } })
    expect(await bus.listTopics()).to.deep.equal(['later'])
    await bus.append('later', [{ key: 'k', value: 'v' }])
    flaky.mode = 'up'
    await eventually('it is there', async () => (await bus.stats()).waiting === 0)
    await bus.close()
    expect((await arrived('later')).get('k')).to.deep.equal(['v'])
  })

  it('records and offsets of a transaction wait together', async () => {
    const { bus, flaky } = await openFlaky(spool, target, { mode: 'down' })
    const commits = [{ topic: 'events', partition: 0, offset: 7, metadata: 'row 7' }]
    await bus.transact({
      id: 'sync',
      appends: [{ topic: 'events', records: [{ key: 'k', value: 'v' }] }],
      offsets: { group: 'sync', commits },
    })
    flaky.mode = 'up'
    await eventually('they are there', async () => (await bus.stats()).waiting === 0)
    expect(await bus.fetchOffsets('sync', ['events'])).to.deep.equal(commits)
    await bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['v'])
  })

  it('reading says that the target is away, instead of giving what is not the whole', async () => {
    const { bus } = await openFlaky(spool, target, { mode: 'down' })
    expect(await codeOf(bus.offsets('events'))).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
    expect((await bus.health()).warnings.join()).to.contain('away')
    await bus.close()
  })

  it('beyond its size the oldest go, counted and logged, and what is left is in order', async function () {
    this.timeout(120_000)
    const { bus, flaky, logger } = await openFlaky(spool, target, { mode: 'down', bytes: 200_000 })
    const total = 600
    for (let i = 0; i < total; i++) await bus.append('events', [{ key: 'k', value: `${i}`.padStart(1_000, '0') }])
    const { dropped, waiting, bytes } = await bus.stats()
    expect(bytes).to.be.at.most(220_000)
    expect(dropped).to.be.greaterThan(300)
    expect(dropped + waiting).to.equal(total)
    expect(logger.lines.join()).to.match(/oldest entries are dropped/)
    flaky.mode = 'up'
    await eventually('the rest is there', async () => (await bus.stats()).waiting === 0)
    expect(await bus.stats()).to.include({ dropped, forwarded: total - dropped })
    await bus.close()
    const values = (await arrived()).get('k')?.map(Number)
    expect(values).to.deep.equal(Array.from({ length: total - dropped }, (_, i) => dropped + i))
    const again = await openFlaky(spool, target)
    expect((await again.bus.stats()).dropped, 'the count outlives the process').to.equal(dropped)
    await again.bus.close()
  })

  it('beyond its age the oldest go, by the time they waited and not by the time of the event', async () => {
    const clock = new HandClock()
    const { bus, flaky } = await openFlaky(spool, target, { clock, mode: 'down', ageMs: 2 * HOUR })
    await bus.append('events', [{ key: 'k', value: 'old event, new here', timestamp: 1 }])
    clock.jump(HOUR)
    await bus.append('events', [{ key: 'k', value: 'one hour later' }])
    clock.jump(HOUR + 1)
    await bus.append('events', [{ key: 'k', value: 'two hours later' }])
    expect((await bus.stats()).dropped).to.equal(1)
    flaky.mode = 'up'
    await eventually('the rest is there', async () => (await bus.stats()).waiting === 0, clock)
    await bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['one hour later', 'two hours later'])
  })

  it('a record that the target refuses is set aside with the reason, and holds up no other', async () => {
    const clock = new HandClock()
    const { bus, flaky, logger } = await openFlaky(spool, target, { mode: 'down', clock })
    for (let i = 0; i < 5; i++) await bus.append('events', [{ key: 'k', value: `${i}` }])
    await bus.append('nowhere', [{ key: 'lost', value: 'and found' }])
    for (let i = 5; i < 10; i++) await bus.append('events', [{ key: 'k', value: `${i}` }])
    flaky.mode = 'up'
    await eventually('all went somewhere', async () => (await bus.stats()).waiting === 0, clock)
    expect(await bus.stats()).to.include({ forwarded: 10, refused: 1, dropped: 0 })
    await bus.close()
    expect((await arrived()).get('k')).to.deep.equal(Array.from({ length: 10 }, (_, i) => `${i}`))
    const aside = await openEmbeddedBus(`embedded:${spool}`, { readOnly: true })
    const [refused] = await readAll(aside, 'spool.refused')
    await aside.close()
    expect([String(refused?.key), String(refused?.value)]).to.deep.equal(['lost', 'and found'])
    expect(refused?.headers.map(([name, value]) => [name, String(value)]).slice(0, 2)).to.deep.equal([
      ['refused-topic', 'nowhere'],
      ['refused-code', 'SHITOPS_E_TOPIC_UNKNOWN'],
    ])
    expect(logger.lines.join()).to.contain('refuses a record')
  })

  it('a broker that has just started and does not know its topics yet gets every record, in order', async () => {
    const clock = new HandClock()
    const { bus, flaky } = await openFlaky(spool, target, { clock })
    await bus.append('events', [{ key: 'k', value: '0' }])
    flaky.mode = 'down'
    for (let i = 1; i < 5; i++) await bus.append('events', [{ key: 'k', value: `${i}` }])
    flaky.mode = 'up'
    flaky.forgetful = true
    const before = flaky.asked
    await eventually('it is there again', async () => (await bus.stats()).state !== 'away', clock)
    await bus.append('events', [{ key: 'k', value: '5' }])
    await eventually('it is asked again and again', () => flaky.asked > before + 10, clock)
    flaky.forgetful = false
    await eventually('all of it arrives', async () => (await bus.stats()).waiting === 0, clock)
    expect(await bus.stats()).to.include({ forwarded: 6, refused: 0, dropped: 0 })
    await bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['0', '1', '2', '3', '4', '5'])
  })

  it('a write in doubt is there once, also where the broker has just started and knows neither topics nor groups', async () => {
    const clock = new HandClock()
    const { bus, flaky } = await openFlaky(spool, target, { clock })
    await bus.append('events', [{ key: 'k', value: '0' }])
    flaky.mode = 'deaf'
    await bus.append('events', [{ key: 'k', value: '1' }])
    await eventually('it has arrived, and nobody knows', async () => (await arrived()).get('k')?.length === 2)
    flaky.forgetful = true
    flaky.mode = 'up'
    await eventually('it is there again', async () => (await bus.stats()).state !== 'away', clock)
    flaky.forgetful = false
    await bus.append('events', [{ key: 'k', value: '2' }])
    await eventually('all of it arrives', async () => (await bus.stats()).waiting === 0, clock)
    await bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['0', '1', '2'])
  })

  it('two processes on one spool: one forwards for both, and the other takes over when it is gone', async function () {
    this.timeout(120_000)
    const clock = new HandClock()
    const first = await openFlaky(spool, target, { clock })
    const second = await openFlaky(spool, target, { clock })
    await first.bus.append('events', [{ key: 'k', value: '0' }], { acks: 'none' })
    await eventually('the first notices', async () => (await first.bus.stats()).state === 'other', clock)
    await eventually('it is forwarded', async () => (await first.bus.stats()).waiting === 0, clock)
    second.flaky.mode = 'dead'
    await first.bus.append('events', [{ key: 'k', value: '1' }], { acks: 'none' })
    await eventually('the first takes over', async () => (await first.bus.stats()).state === 'level', clock)
    await eventually('it is forwarded', async () => (await first.bus.stats()).waiting === 0, clock)
    await first.bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['0', '1'])
  })

  it('a spool that was removed and made again loses nothing', async () => {
    const first = await openFlaky(spool, target)
    for (let i = 0; i < 5; i++) await first.bus.append('events', [{ key: 'k', value: `${i}` }])
    await first.bus.close()
    removeDirectory(spool)
    const second = await openFlaky(spool, target)
    await second.bus.append('events', [{ key: 'k', value: '5' }])
    await second.bus.close()
    expect((await arrived()).get('k')).to.deep.equal(['0', '1', '2', '3', '4', '5'])
  })
})
