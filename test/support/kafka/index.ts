/**
 * A real Kafka for tests: `describeKafka('title', { racks: ['a', 'b', 'c'] }, (kafka) => { it(…, () => kafka().url()) })`.
 * Skipped, saying why, where there is no Java or Maven; with SHITOPS_REQUIRE_KAFKA=1 that fails instead.
 */
import { type KafkaCluster, type KafkaOptions, startKafka } from './cluster.ts'
import { fetchKafka, type KafkaVersion, missingForKafka } from './distribution.ts'

export type { KafkaCluster, KafkaOptions } from './cluster.ts'
export { startKafka } from './cluster.ts'
export { waitFor } from './wait-for.ts'

/** First time on a machine: jars over the network and the class-data archive. Later: seconds. */
const FETCH_MS = 300_000
const START_MS = 200_000

/** A mocha suite with one cluster, started before its tests and taken down after them. */
export function describeKafka(title: string, options: KafkaOptions, suite: (kafka: () => KafkaCluster) => void): void {
  const start = () => {
    let cluster: KafkaCluster | undefined

    before('start Kafka', async function () {
      this.timeout(START_MS)
      cluster = await startKafka(options)
    })
    after('stop Kafka', () => cluster?.down())

    suite(() => {
      if (!cluster) throw new Error('the cluster is up only inside tests and hooks')
      return cluster
    })
  }
  describeWithJava(title, start, options.version)
}

/** A suite that starts clusters itself. */
export function describeWithJava(title: string, suite: () => void, version?: KafkaVersion): void {
  const missing = missingForKafka(version)
  if (missing === null) {
    describe(title, () => {
      before('fetch Kafka', async function () {
        this.timeout(FETCH_MS)
        await fetchKafka(version)
      })
      suite()
    })
  } else if (process.env.SHITOPS_REQUIRE_KAFKA === '1') {
    it(`${title}: needs Kafka`, () => Promise.reject(new Error(`Kafka is required here, but ${missing}`)))
  } else {
    describe.skip(`${title} (skipped: no Kafka here, ${missing})`, suite)
  }
}
