import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchKafka, type KafkaVersion } from './distribution.ts'
import { type RunningNode, startNode } from './node.ts'
import {
  type ClusterSettings,
  copyFormat,
  formatNode,
  freePorts,
  type Listener,
  type NodeHost,
  type NodePlan,
  writeProperties,
} from './properties.ts'
import { makeTlsFiles, type TlsFiles } from './tls.ts'
import { runTool, startTool } from './tool.ts'
import { waitFor } from './wait-for.ts'

export interface KafkaOptions {
  /** Of the brokers; the newest when absent. */
  version?: KafkaVersion
  /** One rack name per node; `['a', 'b', 'c']` is three brokers in three racks. Node ids count from 1. */
  racks?: readonly string[]
  /** Where the nodes live, one each; all on 127.0.0.1 when absent. */
  hosts?: readonly NodeHost[]
  /** Beside `plaintext`. */
  listeners?: readonly Exclude<Listener, 'plaintext'>[]
  users?: Readonly<Record<string, string>>
  superUsers?: readonly string[]
  /** Broker settings by their Kafka names. */
  properties?: Readonly<Record<string, string>>
}

/** A real Kafka cluster (KRaft) on 127.0.0.1, from a temporary folder. It ends with this process at the latest. */
export class KafkaCluster {
  readonly folder: string
  /** PEM files, where a TLS listener was asked for. */
  readonly tls: TlsFiles | undefined
  readonly ids: readonly number[]
  readonly #plans: ReadonlyMap<number, NodePlan>
  readonly #nodes = new Map<number, RunningNode>()
  readonly #version: KafkaVersion

  constructor(folder: string, plans: readonly NodePlan[], tls: TlsFiles | undefined, version: KafkaVersion) {
    this.#version = version
    this.folder = folder
    this.tls = tls
    this.ids = plans.map((plan) => plan.id)
    this.#plans = new Map(plans.map((plan) => [plan.id, plan]))
  }

  /** `kafka://…` of all nodes by one listener, with options after `?` as given. */
  url(options: Readonly<Record<string, string>> = {}, listener: Listener = 'plaintext'): string {
    const query = new URLSearchParams(options).toString()
    return `kafka://${this.ids.map((id) => this.address(id, listener)).join(',')}${query && `?${query}`}`
  }

  /** host:port of one node. */
  address(id: number, listener: Listener = 'plaintext'): string {
    const { host, ports } = this.#plan(id)
    return `${host?.address ?? 'localhost'}:${ports[listener]}`
  }

  pid(id: number): number {
    return this.#node(id).pid
  }

  running(id: number): boolean {
    return this.#node(id).running()
  }

  async start(id: number): Promise<void> {
    this.#nodes.set(id, await startNode(await fetchKafka(this.#version), this.#plan(id)))
  }

  /** kill -9, and wait until it is gone. */
  async kill(id: number): Promise<void> {
    const node = this.#node(id)
    node.signal('SIGKILL')
    await waitFor(`the end of broker ${id}`, () => !node.running())
  }

  /** SIGTERM: it hands its leaderships over and ends. */
  async stop(id: number): Promise<void> {
    const node = this.#node(id)
    node.signal('SIGTERM')
    await waitFor(`the orderly end of broker ${id}`, () => !node.running(), 120_000)
  }

  /** Freeze: the process keeps its connections and says nothing. */
  freeze(id: number): void {
    this.#node(id).signal('SIGSTOP')
  }

  thaw(id: number): void {
    this.#node(id).signal('SIGCONT')
  }

  async restart(id: number): Promise<void> {
    if (this.#node(id).running()) await this.kill(id)
    await this.start(id)
  }

  /** Runs one of Kafka's own command-line tools by its class; resolves with its stdout, rejects where it fails. */
  async tool(mainClass: string, args: readonly string[], input = ''): Promise<string> {
    return runTool(await fetchKafka(), mainClass, args, input)
  }

  /** Starts a tool that runs until it is stopped. It dies with this process. */
  async startTool(mainClass: string, args: readonly string[]): Promise<{ stop(): Promise<void> }> {
    return startTool(await fetchKafka(), mainClass, args)
  }

  async down(): Promise<void> {
    await Promise.all([...this.#nodes.keys()].map((id) => this.kill(id)))
    await rm(this.folder, { recursive: true, force: true })
  }

  #plan(id: number): NodePlan {
    const plan = this.#plans.get(id)
    if (!plan) throw new Error(`no node ${id} in this cluster`)
    return plan
  }

  #node(id: number): RunningNode {
    const node = this.#nodes.get(id)
    if (!node) throw new Error(`node ${id} was never started`)
    return node
  }
}

/** Starts a cluster and returns when every node is up. The first three nodes are controllers too (one, where there are fewer than three). */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const racks = options.racks ?? ['a']
  const listeners: Listener[] = ['plaintext', ...(options.listeners ?? [])]
  const { version = '4.3' } = options
  const distribution = await fetchKafka(version)
  const folder = await mkdtemp(join(tmpdir(), 'shitops-kafka-'))
  try {
    const tls = listeners.some((name) => name !== 'plaintext' && name !== 'sasl')
      ? await makeTlsFiles(
          folder,
          options.hosts?.map((host) => host.address),
        )
      : undefined
    const plans = await planNodes(folder, racks, listeners, options.hosts)
    const settings: ClusterSettings = {
      brokers: racks.length,
      listeners,
      extra: options.properties ?? {},
      ...(tls ? { tls } : {}),
      ...(options.users ? { users: options.users } : {}),
      ...(options.superUsers ? { superUsers: options.superUsers } : {}),
    }
    for (const plan of plans) await writeProperties(plan, settings)
    const [first, ...others] = plans
    if (!first) throw new Error('a cluster of no nodes')
    const clusterId = randomBytes(16).toString('base64url')
    await formatNode(distribution, first, { clusterId, scramUsers: options.users ?? {} })
    for (const plan of others) await copyFormat(first, plan, clusterId)
    const cluster = new KafkaCluster(folder, plans, tls, version)
    await Promise.all(plans.map((plan) => cluster.start(plan.id))).catch(async (error: unknown) => {
      await cluster.down()
      throw error
    })
    return cluster
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function planNodes(
  folder: string,
  racks: readonly string[],
  listeners: readonly Listener[],
  hosts: readonly NodeHost[] = [],
): Promise<NodePlan[]> {
  const controllers = racks.length < 3 ? 1 : 3
  const ports = await freePorts(controllers + racks.length * listeners.length)
  const port = () => ports.pop() ?? Number.NaN
  const voters = Array.from({ length: controllers }, (_, i) => ({
    ...{ id: i + 1, port: port() },
    ...(hosts[i] && { address: hosts[i].address }),
  }))
  return Promise.all(
    racks.map(async (rack, i) => {
      const plan: NodePlan = {
        id: i + 1,
        rack,
        folder: join(folder, `node-${i + 1}`),
        ports: Object.fromEntries(listeners.map((name) => [name, port()])),
        controller: voters[i]?.port ?? null,
        voters,
        ...(hosts[i] && { host: hosts[i] }),
      }
      await mkdir(plan.folder, { recursive: true })
      return plan
    }),
  )
}
