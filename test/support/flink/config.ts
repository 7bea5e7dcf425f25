import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface FlinkPorts {
  rpc: number
  rest: number
  gateway: number
}

/**
 * config.yaml of a session cluster with one task manager, loopback only. A task manager that is started by hand, without Flink's shell
 * scripts, needs every memory share spelled out, with equal minimum and maximum.
 */
export async function writeFlinkConfig(folder: string, ports: FlinkPorts, extra: Readonly<Record<string, string>>): Promise<void> {
  const settings: Record<string, string> = {
    'jobmanager.rpc.address': '127.0.0.1',
    'jobmanager.bind-host': '127.0.0.1',
    'jobmanager.rpc.port': String(ports.rpc),
    'taskmanager.host': '127.0.0.1',
    'taskmanager.bind-host': '127.0.0.1',
    'taskmanager.resource-id': 'tm-1',
    'taskmanager.numberOfTaskSlots': '8',
    'taskmanager.cpu.cores': '2.0',
    'taskmanager.memory.task.heap.size': '1g',
    'taskmanager.memory.task.off-heap.size': '64m',
    'taskmanager.memory.managed.size': '256m',
    'taskmanager.memory.framework.heap.size': '128m',
    'taskmanager.memory.framework.off-heap.size': '128m',
    'taskmanager.memory.network.min': '128m',
    'taskmanager.memory.network.max': '128m',
    'taskmanager.memory.jvm-metaspace.size': '512m',
    'taskmanager.memory.jvm-overhead.min': '256m',
    'taskmanager.memory.jvm-overhead.max': '256m',
    'rest.address': '127.0.0.1',
    'rest.bind-address': '127.0.0.1',
    'rest.port': String(ports.rest),
    'sql-gateway.endpoint.rest.address': '127.0.0.1',
    'sql-gateway.endpoint.rest.bind-address': '127.0.0.1',
    'sql-gateway.endpoint.rest.port': String(ports.gateway),
    'execution.target': 'remote',
    'parallelism.default': '1',
    'web.submit.enable': 'false',
    'io.tmp.dirs': join(folder, 'tmp'),
    'execution.checkpointing.dir': `file://${join(folder, 'checkpoints')}`,
    'execution.checkpointing.savepoint-dir': `file://${join(folder, 'savepoints')}`,
    ...extra,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
  await writeFile(join(folder, 'config.yaml'), lines.join(''), { mode: 0o600 })
}
