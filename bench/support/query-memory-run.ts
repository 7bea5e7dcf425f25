/**
 * Memory of a query's state, for bench/query.ts: so many keys, each of them once and then once more, in one window. Started with --expose-gc.
 * Arguments: the case's name, how many keys.
 */
import { writeHeapSnapshot } from 'node:v8'
import { build } from '../../src/query/run/build.ts'
import { type PlannedQuery, ScriptSession } from '../../src/query/script/script-session.ts'
import { Blackhole } from '../../src/query/sinks/sink.ts'
import { parseScript } from '../../src/query/sql/parse-script.ts'
import { QUERY_CASES, tables } from './query-cases.ts'
import { START } from './query-records.ts'

const [name = '', count = ''] = process.argv.slice(2)
const keys = Number(count)
const found = QUERY_CASES.find((each) => each.name === name)
if (!found || !globalThis.gc) throw new Error('usage: --expose-gc query-memory-run CASE KEYS')
const collect = globalThis.gc

const session = new ScriptSession({ now: () => 0, random: () => 0.5 })
let query: PlannedQuery | undefined
for (const statement of parseScript([...tables('/dev/null', '/dev/null'), found.sql].join(';\n')).statements)
  for (const planned of session.run(statement)) query = planned
if (!query) throw new Error('no query')
const sink = new Blackhole()
const pipeline = build(query.plan, sink, { session: session.session })
const [scan] = pipeline.scans
if (!scan) throw new Error('no scan')

const PIECE = 10_000
const bytes = Buffer.alloc(PIECE * 128)
const meta = { topic: '', partition: 0, offset: 0, timestamp: 0, key: null, headers: [] }
/** All within ten seconds, so that one window has them. */
function feed(round: number): void {
  for (let first = 0; first < keys; first += PIECE) {
    for (let i = first; i < Math.min(keys, first + PIECE); i++) {
      const time = new Date(START + round * 5_000 + Math.floor((i * 4_000) / keys)).toISOString()
      const end = bytes.write(`{"event_time":"${time}","target":"device-${i}","value":${i % 1_000}.5,"seq":${i}}`)
      if (scan?.take(bytes, 0, end, meta) !== 'ok') throw new Error('a record was refused')
    }
  }
}

function inUse(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const before = inUse()
feed(0)
feed(1)
const after = inUse()
if (process.env.BENCH_HEAP) writeHeapSnapshot(process.env.BENCH_HEAP)
const held = pipeline.steps.reduce((sum, { operator }) => sum + (operator.size ?? 0), 0)
console.log(
  JSON.stringify({
    keys,
    held,
    bytes_per_key: Math.round((after - before) / keys),
    max_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
)
