import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminOf, type BusAdmin, placementOf } from '../../../src/bus/admin.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { type CliResult, runCli } from '../../support/cli.ts'
import { type KafkaCluster, waitFor } from '../../support/kafka/index.ts'
import { COMMAND_MS, PASSWORD, type Stage, USER } from './acl-check.ts'

/** One topic to be made, one to get a partition and another retention, one to go, and one whose copy lies on a broker that is to be emptied. */
const TOPICS = `version: 1
drain: [2]
topics:
  fresh: {}
  orders: { partitions: 2, retention: 20d }
  old: { absent: true }
  copy: {}
`

/** Two brokers, on which there is work of every kind for whoever makes topics what they ought to be. */
export class MovedCopies implements Stage {
  readonly #kafka: KafkaCluster
  readonly #bus: Bus
  readonly #admin: BusAdmin
  readonly #folder: string

  private constructor(kafka: KafkaCluster, bus: Bus, folder: string) {
    this.#kafka = kafka
    this.#bus = bus
    this.#admin = adminOf(bus)
    this.#folder = folder
  }

  static async set(kafka: KafkaCluster): Promise<MovedCopies> {
    const folder = await mkdtemp(join(tmpdir(), 'shitops-acls-'))
    await writeFile(join(folder, 'password'), PASSWORD)
    await chmod(join(folder, 'password'), 0o600)
    await writeFile(join(folder, 'topics.yaml'), TOPICS)
    return new MovedCopies(kafka, await openBus(kafka.url()), folder)
  }

  /** As it was before anybody did anything. */
  async #begin(): Promise<void> {
    const { placement } = this.#admin
    await waitFor('the end of all moves', async () => (await placement?.moving())?.length === 0)
    for (const name of await this.#bus.listTopics()) await this.#bus.deleteTopic(name)
    await this.#admin.createTopic('orders', 1, {}, [[1]])
    await this.#admin.createTopic('old', 1, {}, [[1]])
    await this.#admin.createTopic('copy', 1, {}, [[2]])
    await this.#bus.append('copy', [{ key: 'k', value: 'x'.repeat(10_000) }])
  }

  /** The broker that leads is not the preferred one any more. */
  async #prefer(topic: string, replicas: readonly number[]): Promise<void> {
    await placementOf(this.#bus, 'copies').move([{ topic, partition: 0, replicas }])
    await waitFor('another preferred leader, in sync', async () => {
      const [partition] = (await this.#admin.observe({ topics: [topic] })).topics[0]?.partitions ?? []
      return partition?.adding.length === 0 && replicas.every((id) => partition.inSync.includes(id))
    })
  }

  async run(command: string): Promise<CliResult> {
    await this.#begin()
    const args = command.replace(/^shitops /, '').split(' ')
    if (args[1] === 'elect') await this.#prefer('orders', [2, 1])
    const login = { sasl: 'scram-sha-512', saslUsername: USER, saslPasswordFile: join(this.#folder, 'password') }
    return runCli(args, { env: { SHITOPS_BUS: this.#kafka.url(login, 'sasl') }, cwd: this.#folder, timeoutMs: COMMAND_MS })
  }

  async strike(): Promise<void> {
    await this.#bus.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
