import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeWithJava, type KafkaCluster, startKafka } from '../../support/kafka/index.ts'
import { Recorder } from '../../support/kafka/recorder.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { decoderOf } from './decoders.ts'

const CLIENT = 'shitops-throttled'
const RATE = 100_000
const RECORD_BYTES = 10_000
const COUNT = 40
/** A timer may be that much early, and clocks round. */
const ROUNDING_MS = 3
const PRODUCE = 0
const FETCH = 1

/** KIP-124 and KIP-219: the broker answers at once and says how long it wants to hear nothing; a client that does not keep to it is not answered. */
describeWithJava('a client that an administrator has given a quota', () => {
  let kafka: KafkaCluster
  let recorder: Recorder
  let bus: Bus

  before(async function () {
    this.timeout(200_000)
    let port = 0
    recorder = await Recorder.listen(CLIENT, () => port)
    const advertised = `PLAINTEXT://localhost:${recorder.port}`
    kafka = await startKafka({
      properties: { 'advertised.listeners': advertised, 'quota.window.num': '2', 'quota.window.size.seconds': '1' },
    })
    port = Number(kafka.address(1).split(':')[1])
    await kafka.tool('kafka.admin.ConfigCommand', [
      ...['--bootstrap-server', kafka.address(1), '--alter', '--entity-type', 'clients', '--entity-name', CLIENT],
      ...['--add-config', `producer_byte_rate=${RATE},consumer_byte_rate=${RATE}`],
    ])
    bus = await openBus(`kafka://localhost:${recorder.port}?clientId=${CLIENT}&batchBytes=32KiB`)
    await bus.createTopic({ name: 't', partitions: 1 })
  })
  after(async () => {
    await bus?.close()
    await recorder?.close()
    await kafka?.down()
  })

  const records = Array.from({ length: COUNT }, (_, i) => ({ key: null, value: String(i).padEnd(RECORD_BYTES, '.') }))

  /** Answers that hold us back, and how long after each the next request of the kind came. */
  async function pauses(key: number): Promise<Array<{ told: number; kept: number }>> {
    const mine = recorder.exchanges.filter(({ apiKey }) => apiKey === key)
    const found: Array<{ told: number; kept: number }> = []
    for (const [i, exchange] of mine.entries()) {
      const { clientSideThrottleTime: told } = (await decoderOf(exchange)).decode(exchange.answer) as { clientSideThrottleTime: number }
      const next = mine[i + 1]
      if (told > 0 && next) found.push({ told, kept: next.asked - exchange.answered })
    }
    return found
  }

  it('writes at that rate: it waits as it is told, loses nothing, and is not cut off', async () => {
    for (const record of records) await bus.append('t', [record])
    const held = await pauses(PRODUCE)
    expect(held, 'answers that hold back').to.not.be.empty
    for (const { told, kept } of held) expect(kept).to.be.at.least(told - ROUNDING_MS)
    expect((await bus.offsets('t'))[0]?.latest).to.equal(COUNT)
  })

  it('reads at that rate, and everything', async () => {
    const values: string[] = []
    for await (const batch of bus.read({ topic: 't', partitions: [{ partition: 0, from: 0 }], maxBatchBytes: 20_000 }))
      for (const { value } of batch) values.push(String(value))
    expect(values).to.deep.equal(records.map(({ value }) => value))
    const held = await pauses(FETCH)
    expect(held, 'answers that hold back').to.not.be.empty
    for (const { told, kept } of held) expect(kept).to.be.at.least(told - ROUNDING_MS)
  })

  it('a record that the broker has no room for is refused by name, and what is below that is written and read whole', async () => {
    const free = await openBus(kafka.url())
    try {
      await free.createTopic({ name: 'huge', partitions: 1, config: { 'max.message.bytes': '16000000' } })
      const huge = Buffer.alloc(12_000_000, 'h')
      await free.append('huge', [{ key: null, value: huge }])
      for await (const batch of free.read({ topic: 'huge', partitions: [{ partition: 0, from: 0 }] }))
        for (const { value } of batch) expect(value?.equals(huge)).to.equal(true)
      const error = await thrownBy(() => free.append('huge', [{ key: null, value: Buffer.alloc(17_000_000) }]))
      expect(error.code, error.message).to.equal('SHITOPS_E_RECORD_INVALID')
      expect(error.exit).to.equal(1)
      expect(error.suggestions.join()).to.include('max.message.bytes')
      // Half of them fit, and are halved until they do.
      await free.append(
        'huge',
        Array.from({ length: 4 }, () => ({ key: null, value: Buffer.alloc(7_000_000) })),
      )
      expect((await free.offsets('huge'))[0]?.latest).to.equal(5)
    } finally {
      await free.close()
    }
  })
})
