import { describeKafka } from '../../support/kafka/index.ts'
import { sharedInsightsSuite } from './insights-suite.ts'

describeKafka('insights that several processes share, on Kafka', {}, (kafka) => {
  // Topics have their own names and are there once: one test, which is the one that needs the bus.
  sharedInsightsSuite(() => kafka().url(), ['fail-over'])
})
