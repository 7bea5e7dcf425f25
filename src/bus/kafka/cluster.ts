import type { Clock } from '../../base/clock.ts'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import { CODE } from './codes.ts'
import { type BrokerConnection, type ConnectionContext, nameOf } from './connection.ts'
import { asLost, BrokerLost, BrokerRefusal, checkCode, mayPass, reasonsOf, unavailable } from './failures.ts'
import { firstAnswer } from './first-answer.ts'
import { ClusterMap, type TopicInfo } from './metadata.ts'
import { metadataCall } from './metadata-call.ts'
import { openConnection } from './open-connection.ts'
import { retry } from './retry.ts'
import type { Address } from './settings.ts'

export interface ClusterContext extends ConnectionContext {
  clock: Clock
}

export interface Patience {
  /** Whose leaders to look up again between attempts. */
  topics?: readonly string[]
  signal?: AbortSignal | undefined
  /** ms; the delivery timeout when absent. */
  deadlineMs?: number
}

/** A topic that one broker does not know may be seconds old and known to another: ask this often before saying no. */
const UNKNOWN_ATTEMPTS = 3
const UNKNOWN_PAUSE_MS = 150
/** A thing is tried again so often before somebody else is asked about the cluster: a transaction that is not quite over is a matter of milliseconds. */
const SAME_SOURCE = 3

/**
 * The map of the cluster and one connection to each broker that is needed. Each user that may block a connection (a reader's long
 * poll, a group's join) takes a {@link fork}: the same map, connections of its own.
 */
export class Cluster {
  readonly context: ClusterContext
  readonly map: ClusterMap
  readonly #connections = new Map<string, Promise<BrokerConnection>>()
  /** Broker ids by kind and key, forgotten when something passing goes wrong. */
  readonly #coordinators = new Map<string, number>()
  #doubted = -1
  /** Where among the brokers to begin to ask; 0 is at those that a connection is open to. */
  #turn = 0
  readonly #closing = new AbortController()

  constructor(context: ClusterContext, map = new ClusterMap()) {
    this.context = context
    this.map = map
  }

  fork(): Cluster {
    return new Cluster(this.context, this.map.copy())
  }

  /**
   * First contact. Brokers tell under which addresses they want to be called: that one of those can be reached is part of it, because
   * everything after would wait for it in vain.
   * @throws SHITOPS_E_BUS_UNAVAILABLE, SHITOPS_E_BUS_AUTH
   */
  async connect(): Promise<void> {
    await this.refresh([])
    const { clock, settings } = this.context
    const advertised = byOpenness([...this.map.brokers.values()], this.#connections)
    const explain = (losses: readonly BrokerLost[]) =>
      new ShitopsError(
        'SHITOPS_E_BUS_UNAVAILABLE',
        `${settings.brokers.map(nameOf).join(', ')} sends its clients to where they cannot go from here: ${reasonsOf(losses)}`,
        { suggestions: ['correct advertised.listeners of the brokers, or make those names known on this machine'] },
      )
    await firstAnswer(
      advertised.map((address) => () => this.#ask(address, async (connection) => connection)),
      clock,
      explain,
    )
  }

  /** Ask anew about the brokers and these topics (`null`: all topics). Returns what was refused: topic and code. */
  async refresh(topics: readonly string[] | null): Promise<Map<string, number>> {
    const answer = await this.#askAny((connection) => connection.send(metadataCall(topics)))
    return this.map.take(answer, this.context.clock.now())
  }

  /**
   * A topic as it is now, or was at most `maxAgeMs` ago.
   * @throws SHITOPS_E_TOPIC_UNKNOWN with the nearest name there is
   */
  async topic(name: string, maxAgeMs = this.context.settings.metadataMaxAge): Promise<TopicInfo> {
    const { clock } = this.context
    const known = this.map.topic(name, clock.now() - maxAgeMs)
    if (known) return known
    for (let attempt = 1; ; attempt++) {
      const refused = await this.refresh([name])
      const fresh = this.map.topic(name)
      if (fresh) return fresh
      const code = refused.get(name) ?? CODE.LEADER_NOT_AVAILABLE
      const passing = code === CODE.UNKNOWN_TOPIC_OR_PARTITION || code === CODE.LEADER_NOT_AVAILABLE
      if (!passing || (attempt === UNKNOWN_ATTEMPTS && code === CODE.LEADER_NOT_AVAILABLE)) throw new BrokerRefusal(code, `topic "${name}"`)
      if (attempt === UNKNOWN_ATTEMPTS) throw await this.#unknownTopic(name)
      await clock.sleep(UNKNOWN_PAUSE_MS)
    }
  }

  /** Every topic there is. */
  async allTopics(): Promise<TopicInfo[]> {
    const answer = await this.#askAny((connection) => connection.send(metadataCall(null)))
    this.map.take(answer, this.context.clock.now())
    return answer.topicMetadata.flatMap(({ topic }) => this.map.topic(topic) ?? [])
  }

  async #unknownTopic(name: string): Promise<ShitopsError> {
    const names = (await this.allTopics()).filter((topic) => !topic.internal).map((topic) => topic.name)
    const like = nearest(name, names)
    return new ShitopsError('SHITOPS_E_TOPIC_UNKNOWN', `the cluster has no topic "${name}"`, {
      suggestions: [...(like ? [`did you mean "${like}"?`] : []), 'shitops topic list', `shitops topic create ${name}`],
    })
  }

  /** The connection to a broker by its id, opened when it is first needed. */
  async broker(id: number): Promise<BrokerConnection> {
    const info = this.map.brokers.get(id)
    if (!info) throw new BrokerLost(`broker ${id}`, 'not in the cluster now')
    return this.#connect(info)
  }

  /** The broker that leads a partition. @throws BrokerRefusal LEADER_NOT_AVAILABLE while there is none */
  async leader(topic: string, partition: number): Promise<BrokerConnection> {
    const id = this.map.leader(topic, partition)
    if (id === null) throw new BrokerRefusal(CODE.LEADER_NOT_AVAILABLE, `"${topic}" partition ${partition}`)
    return this.broker(id)
  }

  /** Whichever broker answers. */
  async any(): Promise<BrokerConnection> {
    return this.#askAny(async (connection) => connection)
  }

  /** The broker that looks after a consumer group (0) or a transactional writer (1). */
  async coordinator(key: string, coordinatorType: 0 | 1): Promise<BrokerConnection> {
    const name = `${coordinatorType}:${key}`
    const known = this.#coordinators.get(name)
    if (known !== undefined && this.map.brokers.has(known)) return this.broker(known)
    const found = await this.#askAny((connection) => connection.call('GroupCoordinator', { groupId: key, coordinatorType }))
    const { errorCode, errorMessage, coordinator } = found
    checkCode(errorCode, coordinatorType === 0 ? `group "${key}"` : `transactional writer "${key}"`, errorMessage)
    if (!this.map.brokers.has(coordinator.nodeId)) await this.refresh([])
    this.#coordinators.set(name, coordinator.nodeId)
    return this.broker(coordinator.nodeId)
  }

  /** Repeat what may pass, within the delivery timeout and until it is closed, looking up the leaders of `topics` again in between. */
  async patiently<T>(attempt: () => Promise<T>, options: Patience = {}): Promise<T> {
    const { clock, settings, logger } = this.context
    const { topics = [], deadlineMs = settings.deliveryTimeout } = options
    const closing = this.#closing.signal
    const signal = options.signal ? AbortSignal.any([options.signal, closing]) : closing
    let failures = 0
    const between = async (error: unknown) => {
      logger.debug(`trying again after: ${messageOf(error)}`)
      this.#coordinators.clear()
      if (++failures > SAME_SOURCE) this.askElsewhere()
      for (const topic of topics) await this.topic(topic, 0).catch(rethrowUnlessPassing)
    }
    return retry({ clock, signal, deadlineMs, between }, attempt)
  }

  /** Ask this broker last about the cluster: what it knows may be old. */
  doubt(id: number): void {
    this.#doubted = id
  }

  /**
   * Ask another broker about the cluster from now on. One that is cut off from the others goes on telling of the leaders and coordinators of before,
   * itself among them: whoever asked it each time would go on failing for as long as that lasts.
   */
  askElsewhere(): void {
    this.#turn++
  }

  close(): void {
    this.#closing.abort()
    for (const opening of this.#connections.values()) {
      opening.then(
        (connection) => connection.close(),
        () => {},
      )
    }
    this.#connections.clear()
  }

  async #connect(address: Address): Promise<BrokerConnection> {
    const key = nameOf(address)
    const present = this.#connections.get(key)
    if (present) {
      const connection = await present
      if (connection.isOpen) return connection
      if (this.#connections.get(key) === present) this.#connections.delete(key)
      return this.#connect(address)
    }
    if (this.#closing.signal.aborted) throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', 'the bus is closed')
    const opening = openConnection(address, this.context)
    this.#connections.set(key, opening)
    try {
      return await opening
    } catch (error) {
      if (this.#connections.get(key) === opening) this.#connections.delete(key)
      throw error
    }
  }

  /** In the order of {@link #candidates}; the next is asked when one is slow. */
  async #askAny<T>(ask: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    const attempts = this.#candidates().map((address) => () => this.#ask(address, ask))
    return firstAnswer(attempts, this.context.clock, unavailable)
  }

  async #ask<T>(address: Address, ask: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    try {
      return await ask(await this.#connect(address))
    } catch (error) {
      throw asLost(nameOf(address), error)
    }
  }

  /** Open connections first, then the brokers known, then the addresses of the URL; after trouble, from a place that moves on. */
  #candidates(): Address[] {
    const known: Address[] = [...this.map.brokers.values(), ...this.context.settings.brokers]
    const each = [...new Map(known.map((address) => [nameOf(address), address])).values()]
    const at = this.#turn % each.length
    const inTurn = this.#turn === 0 ? byOpenness(each, this.#connections) : [...each.slice(at), ...each.slice(0, at)]
    const doubted = this.map.brokers.get(this.#doubted)
    if (!doubted) return inTurn
    const isDoubted = (address: Address) => nameOf(address) === nameOf(doubted)
    return [...inTurn.filter((address) => !isDoubted(address)), ...inTurn.filter(isDoubted)]
  }
}

/** Those that a connection is open to, or being opened, come first. */
function byOpenness(addresses: readonly Address[], connections: ReadonlyMap<string, unknown>): Address[] {
  return [...addresses].sort((a, b) => Number(connections.has(nameOf(b))) - Number(connections.has(nameOf(a))))
}

/** No broker at all is a passing trouble between attempts; a topic that is gone is not. */
function rethrowUnlessPassing(error: unknown): void {
  if (!mayPass(error)) throw error
}
