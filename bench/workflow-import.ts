/**
 * `shitops workflow import` of a XES log: events a CPU-second and peak memory, each run in a process of its own. JSON lines.
 *
 *     node --import tsx bench/workflow-import.ts [--short] [--megabytes 500]
 *
 * The baseline is saxes by itself, which hands out tags and does nothing with them. `read` makes events of them; `import` has everything: in order
 * of time, persons hashed, each event known by its id, on an embedded bus. `rss_mb` is the peak that the kernel counts, pages of the bus's file
 * among them, which it takes back when it needs them; `anon_mb` is the process's own.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { withBundle } from './support/run-bundled.ts'
import { writeXesLog } from './support/workflow-log.ts'

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false }, megabytes: { type: 'string' } } })
const megabytes = Number(values.megabytes ?? (values.short ? 20 : 500))

interface Figures {
  events: number
  cpu_s: number
  rss_mb: number
  anon_mb: number
}

const folder = await mkdtemp(join(tmpdir(), 'shitops-bench-import-'))
try {
  const log = join(folder, 'log.xes')
  const events = await writeXesLog(log, megabytes * 1e6)
  await withBundle('workflow-import-run.ts', (program) => {
    const run = (what: string): Figures => {
      const { stdout, status } = spawnSync(process.execPath, [program, what, log, join(folder, 'bus')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      if (status !== 0) throw new Error(`${what} ended with ${status}`)
      return JSON.parse(String(stdout)) as Figures
    }
    const baseline = run('parse')
    for (const what of ['read', 'import']) {
      const figures = run(what)
      if (figures.events !== events) throw new Error(`${what}: ${figures.events} of ${events} events`)
      const { cpu_s, rss_mb, anon_mb } = figures
      console.log(
        JSON.stringify({
          name: `workflow-import/${what}`,
          ratio: Number((baseline.cpu_s / cpu_s).toFixed(3)),
          baseline: 'saxes alone, CPU for the same log',
          megabytes,
          events,
          events_per_cpu_s: Math.round(events / cpu_s),
          ...{ rss_mb, anon_mb, baseline_rss_mb: baseline.rss_mb },
        }),
      )
    }
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
