import { messageOf } from '../../base/errors.ts'
import { MAX_ANSWER_BYTES } from './answer-memory.ts'
import type { BatchView } from './batch-view.ts'
import type { Cluster } from './cluster.ts'
import { ArenaPool } from './codec-wasm/arena.ts'
import { CODE, isRetriable } from './codes.ts'
import type { BrokerConnection } from './connection.ts'
import { BrokerRefusal, mayPass } from './failures.ts'
import { type FetchAnswer, type FetchedPartition, fetchCall } from './fetch-call.ts'
import { FrameHold } from './frame-hold.ts'
import { LeaderSearch } from './leader-search.ts'
import type { PartitionCursor } from './partition-cursor.ts'
import { reposition } from './reposition.ts'
import { Wakeup } from './wakeup.ts'

const MAX_OUTSTANDING = 2
/** How long a nearer follower is read before the leader is asked again; the Java client's metadata.max.age.ms. */
const FOLLOWER_LEASE_MS = 300_000
/** A follower that could not be read is not tried again for this long. */
const FOLLOWER_PENALTY_MS = 60_000
/**
 * A broker that has had nothing new of a partition for so long is doubted: one that is cut off from the other brokers goes on answering
 * readers with what it has, and says nothing of the leader that they have elected meanwhile. Others are asked who leads.
 */
const QUIET_MS = 5_000
/** So long the leader answers itself, after a follower is doubted or not known yet. */
const LEADER_ALONE_MS = 1_000
/** While some partitions wait for their reader, the others' long poll must not hold those back for longer than this, ms. */
const SHORT_WAIT_MS = 50

export interface PumpOptions {
  /** Go on for ever: trouble is waited out, not given up on. */
  follow: boolean
  maxBatchBytes: number
  /** Most bytes of one partition in one answer; as much as a batch when absent. An answer of several batches costs less than several answers. */
  fetchBytes?: number | undefined
  /** Nobody looks at a batch after its release. */
  transient?: boolean
}

interface Fetched {
  broker: BrokerConnection
  answer: FetchAnswer
}

/**
 * Reads partitions from the brokers that hold them, one loop a broker: the next Fetch is under way while the last answer is handled.
 * Follows leaders as they move, reads from a follower in our rack where the leader names one (KIP-392), and holds at most
 * two answers a partition and `bufferBytes` in all; of an answer the next batch is decoded when the one before has been taken. Owns the cluster
 * handle it is given.
 */
export class FetchPump {
  readonly #cluster: Cluster
  readonly #cursors: ReadonlyMap<string, PartitionCursor>
  readonly #options: PumpOptions
  readonly #search: LeaderSearch
  readonly #queue: BatchView[] = []
  readonly #serving = new Set<number>()
  readonly #changed = new Wakeup()
  readonly #taken = new Wakeup()
  readonly #arenas: ArenaPool | null
  readonly #closing = new AbortController()
  #heldBytes = 0
  #decoding = 0
  #nearTurn = false
  #failure: unknown

  constructor(cluster: Cluster, cursors: readonly PartitionCursor[], options: PumpOptions) {
    this.#cluster = cluster
    this.#cursors = new Map(cursors.map((cursor) => [keyOf(cursor), cursor]))
    this.#options = options
    this.#arenas = options.transient ? new ArenaPool() : null
    this.#search = new LeaderSearch(cluster, { patient: options.follow })
    void this.#direct()
  }

  /** The next batch of any partition, or null at the end of all ranges and after {@link close}. What was taken is to be released. */
  async next(): Promise<BatchView | null> {
    for (;;) {
      const batch = this.#queue.shift()
      if (batch) {
        this.#taken.wake()
        return batch
      }
      if (this.#closing.signal.aborted) return null
      if (this.#failure !== undefined) throw this.#failure
      if (this.#allDone() && this.#decoding === 0) return null
      await this.#changed.wait()
    }
  }

  /** The batch has been handled: there is room for another one. */
  release(batch: BatchView): void {
    const cursor = this.#cursors.get(keyOf(batch))
    if (cursor) cursor.outstanding--
    this.#heldBytes -= batch.size
    batch.hold?.release()
    if (this.#arenas) batch.free(this.#arenas)
    this.#changed.wake()
  }

  close(): void {
    this.#closing.abort()
    this.#cluster.close()
    this.#queue.length = 0
    this.#taken.wake()
    this.#changed.wake()
  }

  #allDone(): boolean {
    return [...this.#cursors.values()].every((cursor) => cursor.done)
  }

  get #over(): boolean {
    return this.#closing.signal.aborted || this.#failure !== undefined || this.#allDone()
  }

  #fail(error: unknown): void {
    if (!this.#closing.signal.aborted) this.#failure ??= error
    this.#changed.wake()
  }

  /** Gives every partition the broker to read it from, as often as that changes. */
  async #direct(): Promise<void> {
    try {
      for (let first = true; !this.#over; first = false) {
        const homeless = [...this.#cursors.values()].filter((cursor) => cursor.node === null && !cursor.done && !cursor.moving)
        if (homeless.length === 0) {
          await this.#changed.wait()
          continue
        }
        if (!first) await this.#search.again(homeless, this.#closing.signal)
        if (this.#over) return
        for (const cursor of homeless) {
          cursor.node = this.#cluster.map.leader(cursor.topic, cursor.partition)
          cursor.quietUntil = this.#cluster.context.clock.now() + QUIET_MS
        }
        for (const node of new Set(homeless.flatMap((cursor) => cursor.node ?? []))) this.#serve(node)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #serve(node: number): void {
    if (this.#serving.has(node)) return
    this.#serving.add(node)
    this.#serveLoop(node)
      .catch((error: unknown) => {
        if (!mayPass(error)) return this.#fail(error)
        this.#search.failed(error)
        this.#cluster.context.logger.debug(`reading from broker ${node}: ${messageOf(error)}`)
        for (const cursor of this.#of(node)) this.#abandon(cursor)
      })
      .finally(() => {
        this.#serving.delete(node)
        // A partition may have come to this broker just as its loop ended.
        if (!this.#over && this.#of(node).length > 0) this.#serve(node)
        this.#changed.wake()
      })
  }

  async #serveLoop(node: number): Promise<void> {
    let underWay: Promise<Fetched> | null = null
    while (!this.#over) {
      underWay ??= this.#fetch(node)
      if (underWay === null) {
        if (this.#of(node).length === 0) return
        await this.#changed.wait()
        continue
      }
      const { answer, broker }: Fetched = await underWay
      const hold = this.#options.transient ? new FrameHold(() => broker.recycle(answer.payload)) : null
      const work = this.#take(node, answer, hold)
      underWay = this.#over ? null : this.#fetch(node)
      // A failure of this one is met by the await above; until then it must not count as unhandled.
      underWay?.catch(() => {})
      // Let the request out before the decoding keeps this thread.
      await new Promise(setImmediate)
      const begun = this.#cluster.context.clock.now()
      for (const deliver of work) await deliver()
      hold?.release()
      // While the reader took its time, no broker was asked: that is not the brokers' silence.
      const spent = this.#cluster.context.clock.now() - begun
      for (const cursor of this.#of(node)) cursor.quietUntil += spent
      // Only now: whoever reads on must not overtake what was being decoded.
      this.#endLeases(node)
    }
  }

  /** A follower is read for a while; then the leader is asked again who is nearest. Where all is quiet, others are asked who leads. */
  #endLeases(node: number): void {
    const now = this.#cluster.context.clock.now()
    for (const cursor of this.#of(node)) {
      if (cursor.quietUntil < now) {
        if (cursor.followerUntil > 0) cursor.leaderUntil = now + LEADER_ALONE_MS
        this.#cluster.doubt(node)
        cursor.node = null
        cursor.followerUntil = 0
        this.#changed.wake()
      } else if (cursor.followerUntil > 0 && cursor.followerUntil < now) this.#backToLeader(cursor)
    }
  }

  #of(node: number): PartitionCursor[] {
    return [...this.#cursors.values()].filter((cursor) => cursor.node === node && !cursor.done)
  }

  /** One Fetch for the partitions of this broker that have room; null where none has. */
  #fetch(node: number): Promise<Fetched> | null {
    const { settings } = this.#cluster.context
    const mine = this.#of(node)
    if (this.#heldBytes >= settings.bufferBytes) return null
    const ready = mine.filter((cursor) => cursor.outstanding < MAX_OUTSTANDING)
    if (ready.length === 0) return null
    const { group, rack } = this.#sameRack(ready)
    // Brokers fill an answer in the order asked, up to its limit: another one is first each time.
    const turn = Math.floor(Math.random() * group.length)
    const partitions = [...group.slice(turn), ...group.slice(0, turn)]
    const maxWaitMs = group.length < mine.length ? Math.min(SHORT_WAIT_MS, settings.maxWait) : settings.maxWait
    const { maxBatchBytes, fetchBytes = maxBatchBytes } = this.#options
    const call = fetchCall({
      partitions: partitions.map(({ topic, partition, position }) => ({ topic, partition, offset: position })),
      readCommitted: settings.isolation === 'read_committed',
      ...{ maxWaitMs, maxBytes: Math.min(MAX_ANSWER_BYTES, settings.bufferBytes), maxPartitionBytes: fetchBytes, rack },
    })
    return this.#cluster
      .broker(node)
      .then(async (broker) => ({ broker, answer: await broker.send(call, maxWaitMs + settings.requestTimeout) }))
  }

  /**
   * A request has one rack for all its partitions. Without it a leader answers itself, and a follower refuses: where this broker is to
   * be both, the two kinds take turns.
   */
  #sameRack(ready: PartitionCursor[]): { group: PartitionCursor[]; rack: string } {
    const { settings, clock } = this.#cluster.context
    const alone = ready.filter((cursor) => cursor.leaderUntil > clock.now() && cursor.followerUntil === 0)
    if (alone.length === 0) return { group: ready, rack: settings.rack }
    const near = ready.filter((cursor) => !alone.includes(cursor))
    if (!near.some((cursor) => cursor.followerUntil > 0)) return { group: ready, rack: '' }
    this.#nearTurn = !this.#nearTurn
    return this.#nearTurn ? { group: near, rack: settings.rack } : { group: alone, rack: '' }
  }

  #take(node: number, answer: FetchAnswer, hold: FrameHold | null): Array<() => Promise<void>> {
    if (answer.errorCode !== CODE.NONE) throw new BrokerRefusal(answer.errorCode, `reading from broker ${node}`)
    return answer.partitions.flatMap((fetched) => {
      const cursor = this.#cursors.get(keyOf(fetched))
      // It may have been taken from this broker while the request was under way.
      if (!cursor || cursor.node !== node) return []
      return fetched.errorCode === CODE.NONE ? this.#takeRecords(cursor, fetched, hold) : this.#takeError(cursor, fetched.errorCode)
    })
  }

  #takeRecords(cursor: PartitionCursor, fetched: FetchedPartition, hold: FrameHold | null): Array<() => Promise<void>> {
    const { settings } = this.#cluster.context
    if (fetched.preferredReplica >= 0 && fetched.preferredReplica !== cursor.node) {
      this.#turnTo(cursor, fetched.preferredReplica)
      return []
    }
    cursor.stuckSince = null
    this.#search.success()
    const options = { readCommitted: settings.isolation === 'read_committed', checkCrc: settings.checkCrcs }
    const decode = cursor.advance(fetched, { ...options, maxBatchBytes: this.#options.maxBatchBytes, arenas: this.#arenas })
    if (cursor.done) this.#changed.wake()
    if (!decode) return []
    cursor.quietUntil = this.#cluster.context.clock.now() + QUIET_MS
    cursor.outstanding++
    this.#decoding++
    return [() => this.#deliver(cursor, decode, hold)]
  }

  /** The leader names a follower that is nearer, and gives no records itself. */
  #turnTo(cursor: PartitionCursor, follower: number): void {
    const { settings, clock, logger } = this.#cluster.context
    if (this.#cluster.map.brokers.has(follower)) {
      logger.debug(`reading ${cursor.place} from broker ${follower}, which is in rack "${settings.rack}"`)
      cursor.node = follower
      cursor.followerUntil = clock.now() + FOLLOWER_LEASE_MS
      cursor.quietUntil = clock.now() + QUIET_MS
      this.#serve(follower)
    } else {
      // A broker that has come (back) since the map was read: look again, and let the leader answer itself meanwhile.
      cursor.leaderUntil = clock.now() + LEADER_ALONE_MS
      cursor.node = null
    }
    this.#changed.wake()
  }

  async #deliver(cursor: PartitionCursor, decode: () => AsyncGenerator<BatchView>, hold: FrameHold | null): Promise<void> {
    try {
      for await (const view of decode()) {
        if (this.#closing.signal.aborted) return
        cursor.outstanding++
        this.#heldBytes += view.size
        view.hold = hold
        hold?.retain()
        this.#queue.push(view)
        this.#changed.wake()
        while (this.#queue.length > 0 && !this.#closing.signal.aborted) await this.#taken.wait()
      }
    } catch (error) {
      // Before it counts as decoded: where it was the last of the range, that would be the end, and the damage not told.
      this.#fail(error)
      throw error
    } finally {
      cursor.outstanding--
      this.#decoding--
      this.#changed.wake()
    }
  }

  #takeError(cursor: PartitionCursor, code: number): [] {
    if (code === CODE.OFFSET_OUT_OF_RANGE) {
      if (cursor.followerUntil > 0) this.#backToLeader(cursor)
      else void this.#reposition(cursor)
    } else if (isRetriable(code) || code === CODE.UNKNOWN_TOPIC_OR_PARTITION) {
      this.#abandon(cursor)
    } else throw new BrokerRefusal(code, `reading ${cursor.place}`)
    return []
  }

  #abandon(cursor: PartitionCursor): void {
    if (cursor.followerUntil > 0) cursor.leaderUntil = this.#cluster.context.clock.now() + FOLLOWER_PENALTY_MS
    cursor.node = null
    cursor.followerUntil = 0
    this.#changed.wake()
  }

  #backToLeader(cursor: PartitionCursor): void {
    cursor.followerUntil = 0
    cursor.node = this.#cluster.map.leader(cursor.topic, cursor.partition)
    cursor.quietUntil = this.#cluster.context.clock.now() + QUIET_MS
    if (cursor.node !== null) this.#serve(cursor.node)
    this.#changed.wake()
  }

  async #reposition(cursor: PartitionCursor): Promise<void> {
    cursor.node = null
    cursor.moving = true
    await reposition(this.#cluster, cursor, this.#closing.signal).catch((error: unknown) => this.#fail(error))
    cursor.moving = false
    this.#changed.wake()
  }
}

function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${partition}:${topic}`
}
