import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka } from '../../support/kafka/index.ts'

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const COUNT = 2_000
const LINES = Array.from({ length: COUNT }, (_, i) => `{"call":${i},"state":"${i % 3 === 0 ? 'ringing' : 'idle'}","team":"treasury"}`)

describeKafka('codecs', {}, (kafka) => {
  let bus: Bus

  before(async () => {
    bus = await openBus(kafka().url())
    for (const codec of CODECS) for (const who of ['ours', 'javas']) await bus.createTopic({ name: `${who}-${codec}`, partitions: 1 })
  })
  after(() => bus.close())

  for (const codec of CODECS) {
    it(`${codec}: what we write, Kafka’s own consumer and we read`, async () => {
      const writer = await openBus(kafka().url({ compression: codec }))
      await writer.append(
        `ours-${codec}`,
        LINES.map((value, i) => ({ key: `k${i}`, value, headers: [['n', `${i}`]] })),
      )
      await writer.close()
      expect(await values(`ours-${codec}`)).to.deep.equal(LINES)
      const flags = ['--topic', `ours-${codec}`, '--from-beginning', '--max-messages', `${COUNT}`, '--timeout-ms', '30000']
      const printed = await kafka().tool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
        '--bootstrap-server',
        kafka().address(1),
        ...flags,
      ])
      expect(printed.trimEnd().split('\n')).to.deep.equal(LINES)
    })

    it(`${codec}: what Kafka’s own producer writes, we read`, async () => {
      const flags = ['--topic', `javas-${codec}`, '--compression-codec', codec]
      await kafka().tool(
        'org.apache.kafka.tools.ConsoleProducer',
        ['--bootstrap-server', kafka().address(1), ...flags],
        `${LINES.join('\n')}\n`,
      )
      expect(await values(`javas-${codec}`)).to.deep.equal(LINES)
    })
  }

  it('compression makes the log smaller', async () => {
    const bytes = async (codec: string) => (await bus.describeTopic(`ours-${codec}`)).partitions[0]?.bytes ?? 0
    const plain = await bytes('none')
    expect(plain).to.be.greaterThan(LINES.join('').length)
    for (const codec of CODECS.slice(1)) expect(await bytes(codec), codec).to.be.lessThan(plain / 2)
  })

  it('a range from the middle of a compressed batch', async () => {
    const read: string[] = []
    for await (const batch of bus.read({ topic: 'ours-zstd', partitions: [{ partition: 0, from: 700, to: 703 }] })) {
      for (const { offset, value } of batch) read.push(`${offset} ${value}`)
    }
    expect(read).to.deep.equal([700, 701, 702].map((i) => `${i} ${LINES[i]}`))
  })

  async function values(topic: string): Promise<string[]> {
    const read: string[] = []
    for await (const batch of bus.read({ topic, partitions: [{ partition: 0, from: 0 }] }))
      for (const { value } of batch) read.push(String(value))
    return read
  }
})
