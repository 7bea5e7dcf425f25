import { expect } from 'chai'
import { Kafka, logLevel, Partitioners, type Transaction } from 'kafkajs'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka, waitFor } from '../../support/kafka/index.ts'

describeKafka('transactions of another client', {}, (kafka) => {
  let committed: Bus
  let uncommitted: Bus
  let open: Transaction
  let disconnect: () => Promise<void>

  before(async () => {
    committed = await openBus(kafka().url())
    uncommitted = await openBus(kafka().url({ isolation: 'read_uncommitted' }))
    await committed.createTopic({ name: 'mixed', partitions: 1 })
    const client = new Kafka({ brokers: [kafka().address(1)], logLevel: logLevel.NOTHING })
    const producer = client.producer({
      transactionalId: 'other',
      createPartitioner: Partitioners.DefaultPartitioner,
      maxInFlightRequests: 1,
      idempotent: true,
    })
    disconnect = () => producer.disconnect()
    await producer.connect()
    const say = async (value: string) => {
      const transaction = await producer.transaction()
      await transaction.send({ topic: 'mixed', messages: [{ value }] })
      return transaction
    }
    await (await say('kept')).commit()
    await (await say('dropped')).abort()
    open = await say('undecided')
    await committed.append('mixed', [{ key: null, value: 'behind it' }])
  })
  after(async () => {
    await Promise.all([committed.close(), uncommitted.close(), disconnect()])
  })

  async function values(bus: Bus, onUndecided: (partition: number, offset: number) => void = () => {}): Promise<string[]> {
    const read: string[] = []
    for await (const batch of bus.read({ topic: 'mixed', partitions: [{ partition: 0, from: 0 }], onUndecided }))
      for (const { value } of batch) read.push(String(value))
    return read
  }

  it('a range of committed records ends before the open one, and does not wait for it', async () => {
    const cut: number[][] = []
    expect(await values(committed, (partition, offset) => cut.push([partition, offset]))).to.deep.equal(['kept'])
    // kept, its marker, dropped, its marker: the open transaction begins at 4.
    expect(cut).to.deep.equal([[0, 4]])
  })

  it('read_uncommitted sees them all, without the markers', async () => {
    expect(await values(uncommitted)).to.deep.equal(['kept', 'dropped', 'undecided', 'behind it'])
  })

  /** Reads as a member of the group until `enough`; says what it got as `[offset after the batch, values]`. */
  async function consumed(group: string, enough: (batches: Array<[number, string[]]>) => boolean, then?: () => Promise<void>) {
    const batches: Array<[number, string[]]> = []
    const stop = new AbortController()
    const reading = committed.consume({
      ...{ group, topics: ['mixed'], start: 'earliest', signal: stop.signal },
      onAssigned: () => void then?.(),
      onBatch: async (batch) => void batches.push([batch.nextOffset, [...batch].map(({ value }) => String(value))]),
    })
    await waitFor(`what ${group} is to read`, async () => enough(batches), 30_000).finally(() => stop.abort())
    await reading
    return batches
  }

  async function latest(): Promise<number> {
    return (await committed.offsets('mixed'))[0]?.latest ?? -1
  }

  it('a group whose offset lies behind the open transaction reads on there', async () => {
    await committed.commitOffsets('ahead', [{ topic: 'mixed', partition: 0, offset: (await latest()) - 1 }])
    const batches = await consumed(
      'ahead',
      (read) => read.some(([, values]) => values.includes('behind it')),
      () => open.commit(),
    )
    expect(batches.flatMap(([, values]) => values)).to.deep.equal(['behind it'])
  })

  it('a group hears that it has passed a marker, with an empty batch', async () => {
    const end = await latest()
    await committed.commitOffsets('marked', [{ topic: 'mixed', partition: 0, offset: end - 1 }])
    expect(await consumed('marked', (read) => read.length > 0)).to.deep.equal([[end, []]])
  })

  it('once it is committed, it and what lies behind it is read', async () => {
    expect(await values(committed)).to.deep.equal(['kept', 'undecided', 'behind it'])
  })
})
