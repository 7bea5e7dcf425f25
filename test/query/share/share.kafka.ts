import { describeKafka } from '../../support/kafka/index.ts'
import { sharedJobSuite } from './suite.ts'

describeKafka('processes that share a job on Kafka', {}, (kafka) => {
  sharedJobSuite(() => kafka().url())
})
