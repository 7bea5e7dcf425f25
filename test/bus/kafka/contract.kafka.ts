import { openBus } from '../../../src/bus/open.ts'
import { describeKafka } from '../../support/kafka/index.ts'
import { describeBusContract } from '../contract.ts'

describeKafka('a cluster of three brokers', { racks: ['a', 'b', 'c'] }, (kafka) => {
  for (const client of ['wire', 'kafkajs']) {
    describeBusContract(`kafka, client=${client}`, {
      open: async () => ({
        bus: await openBus(kafka().url({ client })),
        another: () => openBus(kafka().url({ client })),
        cleanup: async () => {},
      }),
      // A group forms in a round of requests to three brokers on a machine that may be busy.
      slower: 2,
    })
  }
})
