import { setImmediate as turn } from 'node:timers/promises'
import { systemClock } from '../../../../src/base/clock.ts'
import { silentLogger } from '../../../../src/base/log.ts'
import type { Bus } from '../../../../src/bus/bus.ts'
import type { Cluster, ClusterContext } from '../../../../src/bus/kafka/cluster.ts'
import type { BrokerConnection } from '../../../../src/bus/kafka/connection.ts'
import { BrokerLost } from '../../../../src/bus/kafka/failures.ts'
import { ClusterMap } from '../../../../src/bus/kafka/metadata.ts'
import type { CustomCall } from '../../../../src/bus/kafka/protocol.ts'
import { FetchReader } from '../../../../src/bus/kafka/reader.ts'
import { parseKafkaUrl } from '../../../../src/bus/kafka/settings.ts'
import { FrameReader } from '../../../../src/bus/kafka/wire/frame-reader.ts'
import { KEY } from '../../../support/kafka/scripted-broker.ts'
import { type LogBroker, leaderOf } from './log-broker.ts'

const LIMIT = 64 << 20

/** A connection without a socket: the answer's bytes go into the reader of frames in the pieces that it is to come in. */
class MemoryConnection implements BrokerConnection {
  readonly address = 'memory:1'
  isOpen = true
  readonly #logs: LogBroker
  #arrived: Buffer | undefined
  #last: Promise<unknown> = Promise.resolve()
  readonly #frames = new FrameReader(LIMIT, (frame) => {
    this.#arrived = frame
  })

  constructor(logs: LogBroker) {
    this.#logs = logs
  }

  /** One after the other, as a broker does. */
  send<Answer>(call: CustomCall<Answer>): Promise<Answer> {
    const answer = this.#last.then(() => this.#exchange(call))
    this.#last = answer.catch(() => {})
    return answer
  }

  async #exchange<Answer>({ apiKey, body, decode }: CustomCall<Answer>): Promise<Answer> {
    const reply = apiKey === KEY.fetch ? await this.#logs.fetch(body) : { answer: this.#logs.listOffsets(body), sizes: [1 << 30] }
    if (reply === 'hang up' || !this.isOpen) return this.#lost()
    const { answer, sizes, upTo = Number.POSITIVE_INFINITY } = reply
    const frame = Buffer.concat([Buffer.alloc(8), answer])
    frame.writeInt32BE(frame.length - 4)
    for (let at = 0, times = 0; at < frame.length; ) {
      const most = Math.max(1, sizes[times++ % sizes.length] ?? frame.length)
      for (const end = Math.min(frame.length, at + most); at < end; ) {
        const count = frame.copy(this.#frames.space(), 0, at, end)
        this.#frames.took(count)
        at += count
      }
      if (at >= upTo || !this.isOpen) return this.#lost()
      if (times % 8 === 0) await turn()
    }
    return (decode as (payload: Buffer) => Answer)((this.#arrived as Buffer).subarray(4))
  }

  recycle(answer: Buffer): void {
    this.#frames.recycle(answer)
  }

  newest(): number {
    return 99
  }

  call(): never {
    throw new Error('kafkajs is not asked here')
  }

  async drained(): Promise<void> {}

  close(): void {
    this.isOpen = false
  }

  #lost(): never {
    this.isOpen = false
    throw new BrokerLost(this.address, 'hung up')
  }
}

/** As much of a {@link Cluster} as readers ask for. */
class MemoryCluster {
  readonly context: ClusterContext
  readonly map: ClusterMap
  readonly #logs: LogBroker
  readonly #connections = new Map<number, MemoryConnection>()

  constructor(logs: LogBroker, context: ClusterContext, map = new ClusterMap()) {
    this.#logs = logs
    this.context = context
    this.map = map
  }

  fork(): MemoryCluster {
    return new MemoryCluster(this.#logs, this.context, this.map.copy())
  }

  async topic(name: string): Promise<unknown> {
    const partitionMetadata = Array.from({ length: this.#logs.partitions(name) }, (_, partitionId) => ({
      ...{ partitionErrorCode: 0, partitionId, leader: leaderOf(partitionId), replicas: [1, 2], isr: [1, 2], offlineReplicas: [] },
    }))
    this.map.take(
      {
        ...{ clientSideThrottleTime: 0, clusterId: 'memory', controllerId: 1 },
        brokers: [1, 2].map((nodeId) => ({ nodeId, host: `memory${nodeId}`, port: 1, rack: null })),
        topicMetadata: [{ topicErrorCode: 0, topic: name, isInternal: false, partitionMetadata }],
      },
      this.context.clock.now(),
    )
    return this.map.topic(name)
  }

  async broker(id: number): Promise<BrokerConnection> {
    let connection = this.#connections.get(id)
    if (!connection?.isOpen) {
      connection = new MemoryConnection(this.#logs)
      this.#connections.set(id, connection)
    }
    return connection
  }

  leader(topic: string, partition: number): Promise<BrokerConnection> {
    return this.broker(this.map.leader(topic, partition) ?? 1)
  }

  patiently<T>(attempt: () => Promise<T>): Promise<T> {
    return attempt()
  }

  doubt(): void {}

  askElsewhere(): void {}

  close(): void {
    for (const connection of this.#connections.values()) connection.close()
  }
}

/** A cluster of these logs without a socket between: a hundred times as many cases in the same time. */
export function memoryCluster(logs: LogBroker, url: string): Cluster {
  const context = { settings: parseKafkaUrl(url), security: { tls: null, sasl: null }, logger: silentLogger, clock: systemClock }
  return new MemoryCluster(logs, context) as unknown as Cluster
}

/** A bus that can be read, and nothing else. */
export function readingBus(cluster: Cluster): Bus {
  const reader = new FetchReader(cluster)
  return { read: (options: Parameters<Bus['read']>[0]) => reader.read(options) } as unknown as Bus
}
