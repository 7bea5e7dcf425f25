/**
 * Fields of JSON records from their bytes, beside JSON.parse of the whole record in the same run: records of 262 bytes, 2,000 devices, as in the
 * measurements of Flink that the query benches are held against. CPU time of one core. Goal: three fields at >= 2.5 million records/s, or
 * >= 6 x JSON.parse. The measurements are in support/query-json-run.ts.
 */
import { runBundled } from './support/run-bundled.ts'

await runBundled('query-json-run.ts')
