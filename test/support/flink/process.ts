import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningNode, spawnSupervised } from '../kafka/node.ts'
import type { FlinkDistribution } from './distribution.ts'

/** What Flink's documentation asks of a Java 17 (env.java.default-opts.all in its own config.yaml). */
const OPENED = [
  '--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED',
  ...['main', 'parser', 'tree', 'util', 'api', 'file', 'code'].map(
    (part) => `--add-exports=jdk.compiler/com.sun.tools.javac.${part}=ALL-UNNAMED`,
  ),
  '--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED',
  ...[
    'lang',
    'net',
    'io',
    'nio',
    'lang.reflect',
    'text',
    'time',
    'util',
    'util.concurrent',
    'util.concurrent.atomic',
    'util.concurrent.locks',
  ].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
]

export const MAIN = {
  jobManager: 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint',
  taskManager: 'org.apache.flink.runtime.taskexecutor.TaskManagerRunner',
  gateway: 'org.apache.flink.table.gateway.SqlGateway',
} as const

export interface FlinkProcess extends RunningNode {
  /** The end of what it logged, for error texts. */
  logTail(): string
}

/** Starts one of Flink's processes over the config.yaml in `folder`. It dies with this process, whatever that dies of. */
export async function startFlinkProcess(
  distribution: FlinkDistribution,
  folder: string,
  role: keyof typeof MAIN,
  heap: string,
): Promise<FlinkProcess> {
  const logFile = join(folder, `${role}.log`)
  const log = openSync(logFile, 'w')
  const java = ['-XX:+UseSerialGC', '-Xms64m', `-Xmx${heap}`, '-XX:TieredStopAtLevel=1', '-Duser.timezone=UTC', ...OPENED]
  const program = [`-Dlog4j2.configurationFile=${distribution.logging}`, '-cp', distribution.classPath, MAIN[role]]
  const args = role === 'gateway' ? [] : ['--configDir', folder]
  const node = await spawnSupervised([...java, ...program, ...args], log, { FLINK_CONF_DIR: folder })
  closeSync(log)
  return { ...node, logTail: () => readFileSync(logFile, 'utf8').slice(-3_000) }
}
