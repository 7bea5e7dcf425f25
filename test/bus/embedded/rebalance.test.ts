import { expect } from 'chai'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { readAll, removeDirectory, temporaryDirectory, until } from './support.ts'

const PARTITIONS = 4
const RECORDS = 400
const RUN_MS = 1_500

describe('bus/embedded rebalancing', function () {
  this.timeout(120_000)
  let directory: string

  beforeEach(() => {
    directory = temporaryDirectory()
  })

  afterEach(() => removeDirectory(directory))

  it('members that come and go all the time copy each record once and in order', async () => {
    const url = `embedded:${directory}`
    const bus = await openEmbeddedBus(url, {})
    for (const name of ['source', 'sink']) await bus.createTopic({ name, partitions: PARTITIONS })
    /** Copy until told to stop, then leave, and come again as another member: partitions go to and fro between the same buses. */
    const member = async (stop: AbortSignal) => {
      const own = await openEmbeddedBus(url, {})
      while (!stop.aborted) {
        const signal = AbortSignal.any([stop, AbortSignal.timeout(50 + Math.floor(Math.random() * 300))])
        await own.consume({
          group: 'copiers',
          topics: ['source'],
          start: 'earliest',
          signal,
          maxBatchBytes: 200,
          async onBatch(batch, claim) {
            await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
            const { partition } = batch
            const records = Array.from(batch, ({ value }) => ({ key: null, value, partition }))
            const commits = [{ topic: 'source', partition, offset: batch.nextOffset }]
            await own.transact({
              id: `copier-${partition}`,
              appends: [{ topic: 'sink', records }],
              offsets: { group: 'copiers', claim, commits },
            })
          },
        })
      }
      await own.close()
    }
    const stop = new AbortController()
    const members = Promise.all([member(stop.signal), member(stop.signal), member(stop.signal)])
    for (let i = 0; i < RECORDS; i++) {
      await bus.append('source', [{ key: null, value: String(i), partition: i % PARTITIONS }])
      await new Promise((resolve) => setTimeout(resolve, RUN_MS / RECORDS))
    }
    const copiedAll = until(
      'the whole copy',
      async () => (await bus.offsets('sink')).reduce((sum, { latest }) => sum + latest, 0) >= RECORDS,
    )
    await Promise.race([copiedAll, members])
    stop.abort()
    await members
    const copied = (await readAll(bus, 'sink')).sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    const source = (await readAll(bus, 'source')).sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    expect(copied.map(({ value }) => String(value))).to.deep.equal(source.map(({ value }) => String(value)))
    await bus.close()
  })
})
