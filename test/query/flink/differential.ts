/**
 * `npm run test:flink:differential`: the recorded query cases over generated inputs, on a real Flink and on this engine; rows that differ
 * are a failure, told with the fewest lines that show it. Part of `npm run test:flink`.
 *   --cases N    so many of the queries, others with every seed (default all)
 *   --seed S     the first seed (default 1)
 *   --seeds K    inputs for each query (default 1)
 *   --only TEXT  queries whose id (file/case) has this in it
 *   --url URL    use the SQL gateway there instead of starting a Flink
 * Prints the counts by construct as JSON on its last line.
 */
import { parseArgs } from 'node:util'
import { FlinkGateway } from '../../../src/query/flink/gateway.ts'
import { missingForFlink, startFlink } from '../../support/flink/index.ts'
import { differential } from './differential/run.ts'

const { values: flags } = parseArgs({
  options: {
    cases: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    url: { type: 'string' },
  },
})

const missing = flags.url === undefined ? missingForFlink() : null
if (missing !== null) {
  console.log(`test:flink:differential skipped: no Flink here, ${missing}`)
  process.exit(process.env.SHITOPS_REQUIRE_FLINK === '1' ? 1 : 0)
}
const flink = flags.url === undefined ? await startFlink() : null
try {
  const gateway = new FlinkGateway(flags.url ?? flink?.gatewayUrl ?? '')
  const found = await differential(gateway, {
    cases: flags.cases === undefined ? Number.POSITIVE_INFINITY : Number(flags.cases),
    seed: Number(flags.seed),
    seeds: Number(flags.seeds),
    only: flags.only,
  })
  if (found > 0) process.exitCode = 1
} finally {
  await flink?.down()
}
