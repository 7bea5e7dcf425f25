import { expect } from 'chai'
import { Kafka, logLevel, Partitioners, type Transaction } from 'kafkajs'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka } from '../../support/kafka/index.ts'

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

  async function values(bus: Bus): Promise<string[]> {
    const read: string[] = []
    for await (const batch of bus.read({ topic: 'mixed', partitions: [{ partition: 0, from: 0 }] }))
      for (const { value } of batch) read.push(String(value))
    return read
  }

  it('a range of committed records ends before the open one, and does not wait for it', async () => {
    expect(await values(committed)).to.deep.equal(['kept'])
  })

  it('read_uncommitted sees them all, without the markers', async () => {
    expect(await values(uncommitted)).to.deep.equal(['kept', 'dropped', 'undecided', 'behind it'])
  })

  it('once it is committed, it and what lies behind it is read', async () => {
    await open.commit()
    expect(await values(committed)).to.deep.equal(['kept', 'undecided', 'behind it'])
  })
})
