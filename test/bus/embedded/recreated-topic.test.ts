import { expect } from 'chai'
import type { Claim, RecordBatch } from '../../../src/bus/bus.ts'
import type { EmbeddedBus } from '../../../src/bus/embedded/embedded-bus.ts'
import { openEmbeddedBus } from '../../../src/bus/embedded/index.ts'
import { codeOf, removeDirectory, temporaryDirectory, until } from './support.ts'

const TOPIC = 'calls'
const GROUP = 'readers'

describe('bus/embedded: a topic deleted and made anew under a live consumer', () => {
  let directory: string
  let bus: EmbeddedBus
  let stop: AbortController

  beforeEach(async () => {
    directory = temporaryDirectory()
    bus = await openEmbeddedBus(`embedded:${directory}`, {})
    stop = new AbortController()
    await bus.createTopic({ name: TOPIC, partitions: 1 })
    await append('old 0', 'old 1', 'old 2')
  })

  afterEach(async () => {
    await bus.close()
    removeDirectory(directory)
  })

  const append = (...values: string[]) =>
    bus.append(
      TOPIC,
      values.map((value) => ({ key: null, value })),
    )

  /** Both in one turn, so that no heartbeat comes between them. */
  const recreate = () => Promise.all([bus.deleteTopic(TOPIC), bus.createTopic({ name: TOPIC, partitions: 1 })])

  const consume = (onBatch: (batch: RecordBatch, claim: Claim) => Promise<void>) =>
    bus.consume({ group: GROUP, topics: [TOPIC], start: 'earliest', signal: stop.signal, sessionTimeoutMs: 300, onBatch })

  const committed = async () => (await bus.fetchOffsets(GROUP, [TOPIC])).map(({ offset }) => offset)

  it('the consumer goes on with the new one, from its start', async () => {
    const read: string[] = []
    const consuming = consume(async (batch, claim) => {
      for (const { value } of batch) read.push(String(value))
      await claim.commit(batch.nextOffset)
    })
    const end = until('the old records', () => read.length === 3)
      .then(recreate)
      .then(() => append('new 0'))
      .then(() => until('the new record', () => read.length > 3))
      .finally(() => stop.abort())
    await Promise.all([consuming, end])
    expect(read).to.deep.equal(['old 0', 'old 1', 'old 2', 'new 0'])
    expect(await committed()).to.deep.equal([1])
  })

  it('an offset of the old one is not committed to the new one, neither alone nor in a transaction', async () => {
    const codes: string[] = []
    const offsets: number[][] = []
    await consume(async (batch, claim) => {
      const isOld = String(batch.value(0)).startsWith('old')
      if (!isOld) return stop.abort()
      await recreate()
      await append('new 0')
      const commits = [{ topic: TOPIC, partition: 0, offset: batch.nextOffset }]
      codes.push(await codeOf(bus.transact({ id: 'writer', appends: [], offsets: { group: GROUP, claim, commits } })))
      codes.push(await codeOf(bus.transact({ id: 'writer', appends: [], offsets: { group: GROUP, claim, commits: [] } })))
      codes.push(await codeOf(claim.commit(batch.nextOffset)))
      offsets.push(await committed())
    })
    expect(codes).to.deep.equal(Array(3).fill('SHITOPS_E_FENCED'))
    expect(offsets).to.deep.equal([[]])
  })
})
