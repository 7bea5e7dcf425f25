/**
 * One query of bench/query.ts in a process of its own, which runs this as a bundle: plans it, reads the file to its end, and prints what it took.
 * Arguments: the case's name, the events, the alarms, a folder for what is written.
 */
import { build } from '../../src/query/run/build.ts'
import { filesAt, runFiles } from '../../src/query/run/run-files.ts'
import { type PlannedQuery, ScriptSession } from '../../src/query/script/script-session.ts'
import { FileSink } from '../../src/query/sinks/file-sink.ts'
import { Blackhole, lineBytes, type Sink } from '../../src/query/sinks/sink.ts'
import { parseScript } from '../../src/query/sql/parse-script.ts'
import { outTable, QUERY_CASES, tables } from './query-cases.ts'

const [name = '', events = '', alarms = '', folder = ''] = process.argv.slice(2)
const found = QUERY_CASES.find((each) => each.name === name)
if (!found) throw new Error(`no case ${name}`)

const before = process.cpuUsage()
const began = performance.now()
const session = new ScriptSession({ now: () => 0, random: () => 0.5 })
const script = [
  ...tables(events, alarms),
  ...(found.written ? [outTable(found.written, folder), `INSERT INTO results ${found.sql}`] : [found.sql]),
]
let query: PlannedQuery | undefined
for (const statement of parseScript(script.join(';\n')).statements) for (const planned of session.run(statement)) query = planned
if (!query) throw new Error('no query')
const sink: Sink = query.sink ? new FileSink(lineBytes(query.sink, query.plan.columns), folder, 'rows.json') : new Blackhole()
const pipeline = build(query.plan, sink, { session: session.session })
const { records, bad } = await runFiles(pipeline, {
  filesOf: (scan) => filesAt(scan.table.options.get('path') ?? ''),
  onBad: ({ line, reason }) => {
    throw new Error(`line ${line}: ${reason}`)
  },
  drain: () => (sink.pending > 1 << 20 ? sink.flush() : Promise.resolve()),
})
await sink.close()
const { user, system } = process.cpuUsage(before)
console.log(
  JSON.stringify({
    records,
    bad,
    rows: sink instanceof Blackhole ? sink.rows : records,
    cpu_s: (user + system) / 1e6,
    wall_s: (performance.now() - began) / 1e3,
    max_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
)
