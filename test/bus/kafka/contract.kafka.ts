import { openBus } from '../../../src/bus/open.ts'
import { describeKafka } from '../../support/kafka/index.ts'
import { describeBusContract } from '../contract.ts'

describeKafka('a cluster of three brokers', { racks: ['a', 'b', 'c'] }, (kafka) => {
  describeBusContract('kafka', {
    open: async () => ({
      bus: await openBus(kafka().url()),
      another: () => openBus(kafka().url()),
      cleanup: async () => {},
    }),
    // A group forms in a round of requests to three brokers on a machine that may be busy.
    slower: 2,
  })
})
