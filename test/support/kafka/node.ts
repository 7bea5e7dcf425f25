import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Distribution } from './distribution.ts'
import type { NodePlan } from './properties.ts'
import { waitFor } from './wait-for.ts'

/** A machine that is busy with other things takes its time. */
const START_MS = 180_000
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
  const heap = ['-Xms64m', '-Xmx256m', ...javaOptions]
  const java = javaArguments(distribution, [...heap, 'kafka.Kafka', join(plan.folder, 'server.properties')])
  const node = await spawnSupervised(java, log, {}, plan.host?.enter)
  closeSync(log)
  const tail = () => readFileSync(logFile, 'utf8').slice(-3_000)
  try {
    await waitFor(`broker ${plan.id}`, () => !node.running() || readFileSync(logFile, 'utf8').includes('Kafka Server started'), START_MS)
    if (!node.running()) throw new Error('it ended')
    return node
  } catch (error) {
    node.signal('SIGKILL')
    throw new Error(`broker ${plan.id} did not start (${error instanceof Error ? error.message : error}):\n${tail()}`)
  }
}

/** What comes after `java` for a class of the distribution: fast to start, small, with its own options in front of the class. */
export function javaArguments({ classPath, archive, logging }: Distribution, optionsAndClass: readonly string[]): string[] {
  const quick = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...(archive ? [`-XX:SharedArchiveFile=${archive}`] : [])]
  return [...quick, logging, '-cp', classPath, ...optionsAndClass]
}

/**
 * Starts java under the supervisor, which kills it when this process ends.
 * @param extra environment variables over this process's own
 * @param enter a command that java is handed to, and that becomes it
 */
export async function spawnSupervised(
  java: readonly string[],
  log: number | 'ignore',
  extra: Readonly<Record<string, string>> = {},
  enter: readonly string[] = [],
): Promise<RunningNode> {
  return superviseCommand([...enter, 'java', ...java], log, extra)
}

/** The same for any command. */
export async function superviseCommand(
  command: readonly string[],
  log: number | 'ignore',
  extra: Readonly<Record<string, string>> = {},
): Promise<RunningNode> {
  const child = spawn('sh', [SUPERVISOR, ...command], { stdio: ['pipe', 'pipe', log], env: { ...process.env, ...extra } })
  const pid = await firstLine(child)
  const running = () => child.exitCode === null && child.signalCode === null
  return { pid, running, signal: (signal) => running() && process.kill(pid, signal) }
}

/** The supervisor says the process id of its command on its first line. */
async function firstLine(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('the supervisor has no stdout')
  for await (const line of createInterface({ input: child.stdout })) return Number(line)
  throw new Error('the supervisor ended at once')
}
