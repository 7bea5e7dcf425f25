import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeXesLog } from '../../../../bench/support/workflow-log.ts'
import { silentLogger } from '../../../../src/base/log.ts'
import type { Bus } from '../../../../src/bus/bus.ts'
import { openBus } from '../../../../src/bus/open.ts'
import { createMissing } from '../../../../src/bus/ops/create-missing.ts'
import { CLI, cliEnv } from '../../../support/cli.ts'

export interface KillResult {
  kills: number
  /** In the log. */
  events: number
  onBus: number
  /** Ids that are there more than once. */
  twice: number
}

export interface KillOptions {
  kills: number
  /** Of the log, about. */
  bytes: number
  random(): number
  /** A bus without events; one of its own, embedded, where absent. */
  url?: string
}

/**
 * Imports a log with the built CLI again and again, each time killed with SIGKILL once a random number of its events is on the bus, until it was killed so
 * often; then once to its end; and counts what is there.
 */
export async function importAndKill({ kills, bytes, random, url: given }: KillOptions): Promise<KillResult> {
  const folder = await mkdtemp(join(tmpdir(), 'shitops-kill-'))
  const url = given ?? `embedded:${join(folder, 'bus')}`
  const bus = await openBus(url, { logger: silentLogger, secrets: {} })
  try {
    await createMissing(bus, ['workflow_events', 'workflow_events.dlq'])
    const log = join(folder, 'log.xes')
    const events = await writeXesLog(log, bytes, Date.now() - 30 * 86_400_000)
    const run = () =>
      spawn(process.execPath, [CLI, 'workflow', 'import', log, '--quiet'], {
        env: cliEnv(folder, { SHITOPS_BUS: url }),
        stdio: ['ignore', 'ignore', 'inherit'],
      })
    let killed = 0
    while (killed < kills) {
      const there = await count(bus)
      const child = run()
      const gone = once(child, 'exit')
      const target = there + 1 + Math.floor((random() * (events - there)) / (kills - killed))
      while (child.exitCode === null && (await count(bus)) < Math.min(target, events)) await pause()
      child.kill('SIGKILL')
      await gone
      killed++
    }
    const [code] = await once(run(), 'exit')
    if (code !== 0) throw new Error(`the last import ended with ${code}`)
    const ids = await idsOf(bus)
    return { kills: killed, events, onBus: ids.length, twice: ids.length - new Set(ids).size }
  } finally {
    await bus.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Between two looks: the import needs the processor more. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

/** On Kafka transactions take offsets of their own: good enough to tell how far it is. */
const count = async (bus: Bus): Promise<number> =>
  (await bus.offsets('workflow_events')).reduce((sum, { earliest, latest }) => sum + latest - earliest, 0)

async function idsOf(bus: Bus): Promise<string[]> {
  const ids: string[] = []
  const partitions = (await bus.offsets('workflow_events')).map(({ partition, earliest, latest }) => ({
    partition,
    from: earliest,
    to: latest,
  }))
  for await (const batch of bus.read({ topic: 'workflow_events', partitions })) {
    for (const { headers } of batch) ids.push(String(headers.find(([name]) => name === 'ce_id')?.[1]))
  }
  return ids
}
