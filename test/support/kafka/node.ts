import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Distribution } from './distribution.ts'
import type { NodePlan } from './properties.ts'
import { waitFor } from './wait-for.ts'

const SUPERVISOR = join(dirname(fileURLToPath(import.meta.url)), 'supervise.sh')

/** One running (or frozen, or dead) broker process. */
export interface RunningNode {
  readonly pid: number
  running(): boolean
  signal(signal: NodeJS.Signals): void
}

/** Starts a broker and waits until it says that it has started. It dies with this process, whatever that dies of. */
export async function startNode(distribution: Distribution, plan: NodePlan, javaOptions: readonly string[] = []): Promise<RunningNode> {
  const logFile = join(plan.folder, 'log')
  const log = openSync(logFile, 'w')
  const child = spawn('sh', [SUPERVISOR, 'java', ...brokerArguments(distribution, plan, javaOptions)], { stdio: ['pipe', 'pipe', log] })
  closeSync(log)
  const pid = await firstLine(child)
  const running = () => child.exitCode === null && child.signalCode === null
  const failed = () => new Error(`broker ${plan.id} did not start:\n${readFileSync(logFile, 'utf8').slice(-3_000)}`)
  await waitFor(
    `broker ${plan.id}`,
    () => {
      if (!running()) throw failed()
      return readFileSync(logFile, 'utf8').includes('Kafka Server started')
    },
    60_000,
  ).catch((error: unknown) => {
    child.stdin?.destroy()
    throw running() ? failed() : error
  })
  return { pid, running, signal: (signal) => running() && process.kill(pid, signal) }
}

function brokerArguments({ classPath, archive, logging }: Distribution, plan: NodePlan, javaOptions: readonly string[]): string[] {
  return [
    '-Xms64m',
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    ...(archive ? [`-XX:SharedArchiveFile=${archive}`] : []),
    ...javaOptions,
    `-Dlog4j2.configurationFile=${logging}`,
    '-cp',
    classPath,
    'kafka.Kafka',
    join(plan.folder, 'server.properties'),
  ]
}

/** The supervisor says the broker's process id on its first line. */
async function firstLine(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('the supervisor has no stdout')
  for await (const line of createInterface({ input: child.stdout })) return Number(line)
  throw new Error('the supervisor ended at once')
}
