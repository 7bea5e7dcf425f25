import type { BusAdmin, ConfigChanges, Move, ObservedCluster, PartitionOutcome, PlacementAdmin } from '../../admin.ts'
import type { TopicConfig, TopicPartition } from '../../bus.ts'
import { alterConfigsCall, BROKER_RESOURCE, type ConfigTarget, TOPIC_RESOURCE } from '../alter-configs-call.ts'
import type { Cluster } from '../cluster.ts'
import { CODE, codeName, isRetriable } from '../codes.ts'
import { BrokerRefusal, checkCode, mayPass } from '../failures.ts'
import type { CustomCall } from '../protocol.ts'
import { createTopic, deleteTopic } from '../topic-admin.ts'
import { createPartitionsCall } from './create-partitions.ts'
import { type Disks, disksCall } from './disks.ts'
import { electLeadersCall } from './elect-leaders.ts'
import { ADMIN_MS, askMoving, controllerOf } from './moving.ts'
import { observe } from './observe.ts'
import { type PartitionAnswers, reassignCall } from './reassign.ts'

const DESCRIBE_LOG_DIRS_KEY = 35

/** Through whom everything goes: the bus counts what is under way, and refuses to write where it was opened to be read. */
export interface Gate {
  ask<T>(question: () => Promise<T>): Promise<T>
  write<T>(work: () => Promise<T>): Promise<T>
}

/** {@link BusAdmin} over a Kafka cluster: our own requests, since kafkajs lacks them or replaces what it should only change. */
export class KafkaAdmin implements BusAdmin, PlacementAdmin {
  readonly placement = this
  readonly #cluster: Cluster
  readonly #gate: Gate

  constructor(cluster: Cluster, gate: Gate) {
    this.#cluster = cluster
    this.#gate = gate
  }

  observe({ topics }: { topics?: readonly string[] } = {}): Promise<ObservedCluster> {
    return this.#gate.ask(() => observe(this.#cluster, topics))
  }

  createTopic(name: string, partitions: number, config: TopicConfig, replicas: ReadonlyArray<readonly number[]> | null): Promise<void> {
    return this.#gate.write(() => createTopic(this.#cluster, { name, partitions, config }, replicas))
  }

  deleteTopic(name: string): Promise<void> {
    return this.#gate.write(() => deleteTopic(this.#cluster, name))
  }

  setTopicConfig(topic: string, changes: ConfigChanges): Promise<void> {
    return this.#gate.write(() => this.#alter({ type: TOPIC_RESOURCE, name: topic }, changes, `changing settings of "${topic}"`))
  }

  setBrokerConfig(broker: number, changes: ConfigChanges): Promise<void> {
    return this.#gate.write(() =>
      this.#alter({ type: BROKER_RESOURCE, name: String(broker) }, changes, `changing settings of broker ${broker}`),
    )
  }

  addPartitions(topic: string, total: number, replicas: ReadonlyArray<readonly number[]> | null): Promise<void> {
    return this.#gate.write(() =>
      this.#cluster.patiently(async () => {
        // An attempt whose answer was lost may have made them.
        if ((await this.#cluster.topic(topic, 0)).partitions.length === total) return
        const controller = await controllerOf(this.#cluster)
        const answer = await controller.send(createPartitionsCall({ topic, total, replicas }, ADMIN_MS), this.#timeoutMs)
        await this.#check(answer.code, `adding partitions to "${topic}"`, answer.message)
      }),
    )
  }

  move(moves: readonly Move[]): Promise<PartitionOutcome[]> {
    return this.#gate.write(() => this.#each(moves, 'moving', () => reassignCall(moves, ADMIN_MS)))
  }

  cancel(partitions: readonly TopicPartition[]): Promise<PartitionOutcome[]> {
    const back = partitions.map(({ topic, partition }) => ({ topic, partition, replicas: null }))
    const done: number[] = [CODE.NO_REASSIGNMENT_IN_PROGRESS]
    return this.#gate.write(() => this.#each(partitions, 'taking back moves', () => reassignCall(back, ADMIN_MS), done))
  }

  electPreferred(partitions: readonly TopicPartition[]): Promise<PartitionOutcome[]> {
    const done: number[] = [CODE.ELECTION_NOT_NEEDED]
    return this.#gate.write(() => this.#each(partitions, 'electing leaders', () => electLeadersCall(partitions, ADMIN_MS), done))
  }

  moving(): Promise<Array<TopicPartition & { replicas: number[]; adding: number[]; removing: number[] }>> {
    return this.#gate.ask(() => this.#cluster.patiently(() => askMoving(this.#cluster)))
  }

  sizes(brokers: readonly number[]): Promise<Map<number, Map<string, number>>> {
    return this.#gate.ask(async () => {
      const sizes = new Map<number, Map<string, number>>()
      await Promise.all(
        brokers.map(async (id) => {
          try {
            sizes.set(id, (await this.#disks(id)).replicas)
          } catch (error) {
            // One that is down tells nothing; whoever asks goes on with the others.
            if (!mayPass(error)) throw error
          }
        }),
      )
      return sizes
    })
  }

  async #disks(id: number): Promise<Disks> {
    const broker = await this.#cluster.broker(id)
    return broker.send(disksCall(broker.newest(DESCRIBE_LOG_DIRS_KEY)))
  }

  async #alter(target: ConfigTarget, changes: ConfigChanges, what: string): Promise<void> {
    await this.#cluster.patiently(async () => {
      // Settings of a broker are changed at that broker, which is the first to obey them.
      const broker = target.type === BROKER_RESOURCE ? await this.#cluster.broker(Number(target.name)) : await controllerOf(this.#cluster)
      const { resources } = await broker.send(alterConfigsCall(target, changes), this.#timeoutMs)
      for (const { errorCode, errorMessage } of resources) await this.#check(errorCode, what, errorMessage)
    })
  }

  /** One request about many partitions. What passes for the whole is tried again; what one partition is told, is told. */
  async #each(
    partitions: readonly TopicPartition[],
    what: string,
    call: () => CustomCall<PartitionAnswers>,
    done: ReadonlyArray<number> = [],
  ): Promise<PartitionOutcome[]> {
    if (partitions.length === 0) return []
    const answer = await this.#cluster.patiently(async () => {
      const found = await (await controllerOf(this.#cluster)).send(call(), this.#timeoutMs)
      await this.#check(found.code, what, found.message)
      const passing = found.partitions.find(({ code }) => isRetriable(code))
      if (passing) throw new BrokerRefusal(passing.code, `${what}: "${passing.topic}" partition ${passing.partition}`, passing.message)
      return found
    })
    return partitions.map(({ topic, partition }) => {
      const { code = CODE.NONE, message = null } = answer.partitions.find((one) => one.topic === topic && one.partition === partition) ?? {}
      const refused = code !== CODE.NONE && !done.includes(code)
      return { topic, partition, refusal: refused ? `${codeName(code)}${message ? `: ${message}` : ''}` : null }
    })
  }

  async #check(code: number, what: string, message: string | null): Promise<void> {
    if (code === CODE.NOT_CONTROLLER) await this.#cluster.refresh([])
    checkCode(code, what, message)
  }

  get #timeoutMs(): number {
    return ADMIN_MS + this.#cluster.context.settings.requestTimeout
  }
}
