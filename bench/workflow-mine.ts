/**
 * Mining of workflow events beside the least that any miner does: a batch count of directly-follows pairs in a Map, of the same events in the same
 * run. Events per second of CPU time, of one core; the ratio is what times, variants, rework, hand-overs, load, batches and bounded memory cost.
 * The measurements are in support/workflow-mine-run.ts.
 */
import { runBundled } from './support/run-bundled.ts'

await runBundled('workflow-mine-run.ts')
