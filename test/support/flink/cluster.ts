import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../kafka/properties.ts'
import { waitFor } from '../kafka/wait-for.ts'
import { writeFlinkConfig } from './config.ts'
import { fetchFlink } from './distribution.ts'
import { type FlinkProcess, type MAIN, startFlinkProcess } from './process.ts'

const HEAP = { jobManager: '512m', taskManager: '1200m', gateway: '768m' } as const
const START_MS = 120_000

/** A real Flink session cluster (job manager, one task manager of 8 slots, SQL gateway) on 127.0.0.1. It ends with this process at the latest. */
export class FlinkCluster {
  readonly folder: string
  /** Of the SQL gateway. */
  readonly gatewayUrl: string
  /** Of the job manager's REST API. */
  readonly restUrl: string
  readonly #processes = new Map<keyof typeof MAIN, FlinkProcess>()

  constructor(folder: string, ports: { rest: number; gateway: number }) {
    this.folder = folder
    this.gatewayUrl = `http://127.0.0.1:${ports.gateway}`
    this.restUrl = `http://127.0.0.1:${ports.rest}`
  }

  /** Starts one process; returns at once. */
  async launch(role: keyof typeof MAIN): Promise<void> {
    this.#processes.set(role, await startFlinkProcess(await fetchFlink(), this.folder, role, HEAP[role]))
  }

  /** Resolves when the gateway answers and the task manager's slots are there. */
  async ready(): Promise<void> {
    try {
      await waitFor('the Flink cluster', async () => this.#allRun() && (await this.#hasSlots()) && (await this.#gatewayAnswers()), START_MS)
    } catch (error) {
      const logs = [...this.#processes].map(([role, process]) => `--- ${role}${process.running() ? '' : ' (ended)'}\n${process.logTail()}`)
      throw new Error(`Flink did not start (${error instanceof Error ? error.message : error}):\n${logs.join('\n')}`)
    }
  }

  /** kill -9. */
  async kill(role: keyof typeof MAIN): Promise<void> {
    const process = this.#processes.get(role)
    if (!process) throw new Error(`no ${role} was started`)
    process.signal('SIGKILL')
    await waitFor(`the end of the ${role}`, () => !process.running())
  }

  /** Process ids of all three. */
  pids(): number[] {
    return [...this.#processes.values()].map((process) => process.pid)
  }

  async down(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((role) => this.kill(role)))
    await rm(this.folder, { recursive: true, force: true })
  }

  #allRun(): boolean {
    const ended = [...this.#processes].find(([, process]) => !process.running())
    if (ended) throw new Error(`the ${ended[0]} ended`)
    return true
  }

  async #hasSlots(): Promise<boolean> {
    const overview = (await getJson(`${this.restUrl}/overview`)) as { 'slots-available'?: number } | null
    return (overview?.['slots-available'] ?? 0) > 0
  }

  async #gatewayAnswers(): Promise<boolean> {
    return (await getJson(`${this.gatewayUrl}/v2/info`)) !== null
  }
}

async function getJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url)
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}

/** Starts a cluster and returns when it can run a query. @param properties settings by their Flink names */
export async function startFlink({ properties = {} }: { properties?: Readonly<Record<string, string>> } = {}): Promise<FlinkCluster> {
  await fetchFlink()
  const folder = await mkdtemp(join(tmpdir(), 'shitops-flink-'))
  const [rpc, rest, gateway] = (await freePorts(3)) as [number, number, number]
  await mkdir(join(folder, 'tmp'))
  await writeFlinkConfig(folder, { rpc, rest, gateway }, properties)
  const cluster = new FlinkCluster(folder, { rest, gateway })
  try {
    await Promise.all((['jobManager', 'taskManager', 'gateway'] as const).map((role) => cluster.launch(role)))
    await cluster.ready()
    return cluster
  } catch (error) {
    await cluster.down()
    throw error
  }
}
