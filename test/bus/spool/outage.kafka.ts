import { expect } from 'chai'
import { openBus } from '../../../src/bus/open.ts'
import { isSpooling } from '../../../src/bus/spool/is-spooling.ts'
import { describeKafka, waitFor } from '../../support/kafka/index.ts'
import { removeDirectory, temporaryDirectory } from '../embedded/support.ts'

const KEYS = 7

describeKafka('a collector whose only broker stops and starts', { racks: ['a'] }, (kafka) => {
  let spool: string

  beforeEach(() => {
    spool = temporaryDirectory()
  })
  afterEach(() => removeDirectory(spool))

  it('keeps collecting, and in the end every record is there once and in order', async function () {
    this.timeout(170_000)
    const plain = kafka().url()
    const setUp = await openBus(plain)
    await setUp.createTopic({ name: 'edge', partitions: 3, config: { 'retention.ms': '-1' } })
    await setUp.close()
    const bus = await openBus(kafka().url({ spool, requestTimeout: '1s', deliveryTimeout: '4s' }), { spool: 'scan' })
    if (!isSpooling(bus)) throw new Error('the URL asks for a spool')
    let next = 0
    let stop = false
    const collecting = (async () => {
      while (!stop) {
        const records = Array.from({ length: 10 }, (_, i) => ({ key: `k${(next + i) % KEYS}`, value: `${next + i}` }))
        await bus.append('edge', records)
        next += 10
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()
    const state = async () => (await bus.stats()).state
    // Whatever fails, the process is to end.
    after(() => {
      stop = true
    })
    for (const way of ['killed', 'frozen'] as const) {
      const before = next
      await waitFor('records while all is well', () => next > before + 200, 30_000)
      if (way === 'killed') await kafka().kill(1)
      else kafka().freeze(1)
      await waitFor('the outage is noticed', async () => (await state()) === 'away', 40_000)
      const away = next
      await waitFor('records during the outage', () => next > away + 500, 40_000)
      expect((await bus.stats()).waiting).to.be.greaterThan(500)
      if (way === 'killed') await kafka().start(1)
      else kafka().thaw(1)
      await waitFor('the backlog is gone', async () => (await state()) === 'level', 60_000)
    }
    stop = true
    await collecting
    await waitFor('nothing waits', async () => (await bus.stats()).waiting === 0, 30_000)
    const stats = await bus.stats()
    await bus.close()

    const reader = await openBus(plain)
    const byKey = new Map<string, number[]>()
    const partitions = (await reader.offsets('edge')).map(({ partition }) => ({ partition, from: 0 }))
    for await (const batch of reader.read({ topic: 'edge', partitions })) {
      for (const { key, value } of batch) byKey.set(String(key), [...(byKey.get(String(key)) ?? []), Number(value)])
    }
    await reader.close()
    const arrived = [...byKey.values()].flat()
    const result = {
      lost: next - new Set(arrived).size,
      doubled: arrived.length - new Set(arrived).size,
      disordered: [...byKey.values()].flatMap((values) => values.filter((value, i) => i > 0 && value <= (values[i - 1] ?? 0))).length,
    }
    console.log(`      ${next} records, two outages: ${JSON.stringify(result)}`)
    expect(result).to.deep.equal({ lost: 0, doubled: 0, disordered: 0 })
    expect(stats).to.include({ forwarded: next, dropped: 0, refused: 0 })
  })
})
