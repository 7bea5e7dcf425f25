/**
 * A real Flink for tests: `describeFlink('title', (flink) => { it(…, () => flink().gatewayUrl) })`.
 * Skipped, saying why, where there is no Java or Maven; with SHITOPS_REQUIRE_FLINK=1 that fails instead.
 */
import { type FlinkCluster, startFlink } from './cluster.ts'
import { fetchFlink, missingForFlink } from './distribution.ts'

export { FlinkCluster, startFlink } from './cluster.ts'
export { missingForFlink } from './distribution.ts'

/** First time on a machine: jars over the network. */
const FETCH_MS = 300_000
const START_MS = 150_000

/** A mocha suite with one cluster, started before its tests and taken down after them. */
export function describeFlink(title: string, suite: (flink: () => FlinkCluster) => void): void {
  const missing = missingForFlink()
  if (missing !== null && process.env.SHITOPS_REQUIRE_FLINK === '1') {
    it(`${title}: needs Flink`, () => Promise.reject(new Error(`Flink is required here, but ${missing}`)))
    return
  }
  if (missing !== null) {
    describe.skip(`${title} (skipped: no Flink here, ${missing})`, () => {})
    return
  }
  describe(title, () => {
    let cluster: FlinkCluster | undefined

    before('start Flink', async function () {
      this.timeout(FETCH_MS + START_MS)
      await fetchFlink()
      cluster = await startFlink()
    })
    suite(() => {
      if (!cluster) throw new Error('the cluster is up only inside tests and hooks')
      return cluster
    })

    // After the suite's own hooks: they may still need it.
    after('stop Flink', () => cluster?.down())
  })
}
