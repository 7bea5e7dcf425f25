/**
 * Streaming SQL in thousand events per CPU-second (user and system time of all threads), one core's worth: the queries of support/query-cases.ts over
 * NDJSON records of 262 bytes, 2,000 keys, 10,000 events per second of event time, reading the file included, rows to nowhere. Each query in a process
 * of its own. `--short`: fewer records; `--flink`: a real Flink over the same file in the same run, its task manager on one core; `--records n`;
 * `--runs n`: the best of so many; words choose cases. ratio: ours / Flink's, measured here or else as support/query-cases.ts has it. Goal: 2.
 * Then the memory of a million keys (words: `memory`; goal: below 1 GB) and the time from an event to its row (`latency`; goal: p99 of 20 ms).
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { QUERY_CASES, type QueryCase } from './support/query-cases.ts'
import { type QueryFiles, queryFiles } from './support/query-files.ts'
import { flinkRates } from './support/query-flink.ts'
import { withBundle } from './support/run-bundled.ts'

const GOAL = 2
const { values: flags, positionals } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    flink: { type: 'boolean', default: false },
    records: { type: 'string' },
    runs: { type: 'string', default: '1' },
  },
  allowPositionals: true,
  strict: false,
})
const records = Number(flags.records ?? (flags.short ? 300_000 : 5_000_000))
const runs = Number(flags.runs)

interface Outcome {
  records: number
  rows: number
  cpu_s: number
  wall_s: number
  max_rss_mb: number
}

/** The run that took the least, or why there is none. */
async function ours(program: string, each: QueryCase, files: QueryFiles): Promise<Outcome | string> {
  const outcomes: Outcome[] = []
  for (let run = 0; run < runs; run++) {
    const folder = await mkdtemp(join(tmpdir(), 'shitops-bench-'))
    try {
      const out = execFileSync(process.execPath, [program, each.name, files.events, files.alarms, folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      outcomes.push(JSON.parse(out) as Outcome)
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string }
      return /^[A-Za-z]*Error.*$/m.exec(stderr)?.[0] ?? stderr.slice(-500)
    } finally {
      await rm(folder, { recursive: true })
    }
  }
  return outcomes.reduce((best, one) => (one.cpu_s < best.cpu_s ? one : best))
}

const cases = QUERY_CASES.filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)))
const files = cases.length > 0 ? await queryFiles(records) : { events: '', alarms: '', records }
const flink = flags.flink && cases.length > 0 ? await flinkRates(cases, files) : undefined
if (cases.length > 0)
  await withBundle('query-run.ts', async (program) => {
    for (const each of cases) {
      const outcome = await ours(program, each, files)
      if (typeof outcome === 'string') {
        // What cannot be planned yet is said, and is no failure of the bench.
        console.log(JSON.stringify({ name: `query-${each.name}`, skipped: outcome }))
        continue
      }
      const rate = records / outcome.cpu_s / 1_000
      const measured = flink?.get(each.name)
      const ratio = rate / (measured ?? each.flink)
      console.log(
        JSON.stringify({
          name: `query-${each.name}`,
          ratio: Number(ratio.toFixed(2)),
          baseline: measured === undefined ? 'Flink 2.2.1 on one core, as measured before' : 'Flink 2.2.1 on one core, same file, same run',
          goal: GOAL,
          node: process.version,
          records,
          thousand_events_per_cpu_s: Math.round(rate),
          flink_thousand_events_per_cpu_s: measured === undefined ? each.flink : Math.round(measured),
          flink_before: each.flink,
          rows: outcome.rows,
          wall_s: Number(outcome.wall_s.toFixed(2)),
          max_rss_mb: outcome.max_rss_mb,
        }),
      )
    }
  })

const wanted = (name: string) => positionals.length === 0 || positionals.some((word) => name.includes(word))

/** Runs a bundled program and gives what it prints. */
const run = (program: string, ...args: string[]) =>
  JSON.parse(execFileSync(process.execPath, ['--expose-gc', program, ...args], { encoding: 'utf8' })) as Record<string, number>

const GIGABYTE_MB = 1_000
if (wanted('memory')) {
  await withBundle('query-memory-run.ts', (program) => {
    for (const name of ['tumble-10s', 'group-by', 'session-2s', 'dedup-last']) {
      const { max_rss_mb = Number.NaN, ...rest } = run(program, name, flags.short ? '200000' : '1000000')
      const ratio = Number((max_rss_mb / GIGABYTE_MB).toFixed(2))
      console.log(
        JSON.stringify({
          name: `query-memory-${name}`,
          ratio,
          baseline: '1 GB of resident memory',
          node: process.version,
          ...rest,
          max_rss_mb,
        }),
      )
    }
  })
}
const GOAL_MS = 20
if (wanted('latency')) {
  await withBundle('query-latency-run.ts', (program) => {
    const { p99_ms = Number.NaN, ...rest } = run(program, flags.short ? '400' : '4000')
    const ratio = Number((p99_ms / GOAL_MS).toFixed(2))
    console.log(JSON.stringify({ name: 'query-latency', ratio, baseline: `p99 of ${GOAL_MS} ms`, node: process.version, ...rest, p99_ms }))
  })
}
