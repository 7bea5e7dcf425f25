import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { describeKafka } from '../../support/kafka/index.ts'
import { TOUR } from './tour.ts'

/** The last line of brokers before 4.0, which took the oldest versions of requests away; the other suites run on the newest. */
describeKafka('a broker of Kafka 3.9', { version: '3.9' }, (kafka) => {
  for (const client of ['wire', 'kafkajs']) {
    describe(`client=${client}`, () => {
      const names = { topic: `t-${client}`, sink: `sink-${client}`, group: `g-${client}`, writer: `w-${client}` }
      let bus: Bus

      before(async () => {
        bus = await openBus(kafka().url({ client }))
      })
      after(() => bus.close())

      for (const [step, run] of TOUR) it(step, () => run(bus, names))
    })
  }
})
