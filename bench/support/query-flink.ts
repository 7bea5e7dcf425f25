import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FlinkGateway } from '../../src/query/flink/gateway.ts'
import { missingForFlink, startFlink } from '../../test/support/flink/index.ts'
import { usageOf } from './process-usage.ts'
import { outTable, type QueryCase, tables } from './query-cases.ts'
import type { QueryFiles } from './query-files.ts'

/**
 * The cases on a real Flink, its task manager on one core: thousand events per second of the task manager's CPU time, its compilers and collectors
 * included. Undefined where there is no Java; a case that fails is left out, and told on stderr.
 */
export async function flinkRates(cases: readonly QueryCase[], files: QueryFiles): Promise<Map<string, number> | undefined> {
  const missing = missingForFlink()
  if (missing !== null) {
    process.stderr.write(`no Flink here: ${missing}\n`)
    return undefined
  }
  // The test cluster compiles only a little, so as to start fast; this, read behind the command line, takes that back.
  process.env._JAVA_OPTIONS = '-XX:TieredStopAtLevel=4'
  const cluster = await startFlink()
  const rates = new Map<string, number>()
  const folder = await mkdtemp(join(tmpdir(), 'shitops-bench-'))
  try {
    const [, taskManager = 0] = cluster.pids()
    execFileSync('taskset', ['-acp', '1', String(taskManager)], { stdio: 'ignore' })
    const session = await new FlinkGateway(cluster.gatewayUrl).openSession({ 'table.dml-sync': 'true', 'table.local-time-zone': 'UTC' })
    for (const table of tables(files.events, files.alarms)) await session.run(table)
    for (const each of cases) {
      try {
        await session.run('DROP TABLE IF EXISTS results')
        await session.run('DROP VIEW IF EXISTS asked')
        await session.run(`CREATE VIEW asked AS ${each.sql}`)
        if (each.written) await session.run(outTable(each.written, join(folder, each.name)))
        else {
          const { rows } = await session.run('DESCRIBE asked')
          const columns = rows.map(({ fields: [name, type] }) => `\`${name}\` ${String(type).replace(' *ROWTIME*', '')}`)
          await session.run(`CREATE TABLE results (${columns.join(', ')}) WITH ('connector' = 'blackhole')`)
        }
        const before = usageOf(taskManager)?.cpuSeconds ?? 0
        await session.run('INSERT INTO results SELECT * FROM asked')
        rates.set(each.name, files.records / ((usageOf(taskManager)?.cpuSeconds ?? 0) - before) / 1_000)
      } catch (error) {
        process.stderr.write(`Flink, ${each.name}: ${error instanceof Error ? error.message : error}\n`)
      }
    }
    await session.close()
  } finally {
    await cluster.down()
    await rm(folder, { recursive: true, force: true })
  }
  return rates
}
