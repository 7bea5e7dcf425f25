import { expect } from 'chai'
import fc from 'fast-check'
import type { EmbeddedBus } from '../../../src/bus/embedded/embedded-bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { removeDirectory, temporaryDirectory } from './support.ts'

const RECORDS = 60
/** So large that the index gets an entry every few records. */
const VALUE = Buffer.alloc(300_000, 1)

describe('bus/embedded time index', () => {
  let directory: string
  let bus: EmbeddedBus

  before(async () => {
    directory = temporaryDirectory()
    bus = await openEmbeddedBus(`embedded:${directory}`, {})
  })

  after(async () => {
    await bus.close()
    removeDirectory(directory)
  })

  it('finds what a search from the start would find, whatever the order of times', async () => {
    const time = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_040 }))
    let topics = 0
    await fc.assert(
      fc.asyncProperty(fc.array(time, { minLength: RECORDS, maxLength: RECORDS }), async (times) => {
        const topic = `t${topics++}`
        await bus.createTopic({ name: topic, partitions: 1 })
        for (const timestamp of times) await bus.append(topic, [{ key: null, value: VALUE, timestamp }])
        for (const asked of [-51, -50, -1, 0, 1, 17, 51, ...times.slice(0, 20), 1_700_000_000_041]) {
          const found = times.findIndex((timestamp) => timestamp >= asked)
          expect(await bus.offsetsAt(topic, asked), `t=${asked}`).to.deep.equal([
            { partition: 0, offset: found < 0 ? times.length : found },
          ])
        }
        await bus.deleteTopic(topic)
        await bus.maintain()
      }),
      { numRuns: 4 },
    )
  })

  it('holds after retention has removed the front', async () => {
    await bus.createTopic({ name: 'cut', partitions: 1, config: { 'retention.bytes': '4000000' } })
    for (let i = 0; i < RECORDS; i++) await bus.append('cut', [{ key: null, value: VALUE, timestamp: 1_000 + i }])
    await bus.maintain()
    const [{ earliest } = { earliest: 0 }] = await bus.offsets('cut')
    expect(earliest).to.be.greaterThan(RECORDS / 2)
    for (const [asked, offset] of [
      [0, earliest],
      [1_000 + earliest, earliest],
      [1_000 + earliest + 3, earliest + 3],
      [5_000, RECORDS],
    ] as const) {
      expect(await bus.offsetsAt('cut', asked), `t=${asked}`).to.deep.equal([{ partition: 0, offset }])
    }
  })
})
