import { ShitopsError } from '../../base/errors.ts'
import type { Acks, AppendResult, OutRecord } from '../bus.ts'
import { partitionOf } from '../partitioner.ts'
import { FRAMING, payloadSize, type TimedRecord } from './batch-encoder.ts'
import type { Cluster } from './cluster.ts'
import { toShitopsError } from './failures.ts'
import type { Identity } from './identity.ts'
import { Lane } from './lane.ts'
import { unknownPartition } from './reader.ts'
import { RecordRun, type Run } from './run.ts'
import { Wakeup } from './wakeup.ts'

/** Records that are being gathered for a piece. */
interface RecordPiece {
  partition: number
  records: TimedRecord[]
  /** Of each record, bytes of its payload in a batch. */
  payloads: number[]
  bytes: number
}

type Admit = (partitions: readonly number[]) => Promise<void>

/** The way records go out: in order per partition, none lost that was acknowledged. */
export interface RecordWriter {
  /** @param admit called with the partitions before anything goes to them (a transaction must name them first) */
  append(topic: string, records: readonly OutRecord[], acks: Acks, admit?: Admit): Promise<AppendResult[]>
  /** Records of that key, or of none, that are to stay together. Resolves with their number. */
  appendRun(topic: string, run: Run, options: { key: Buffer | null; bytes: number }): Promise<number>
  /** Resolves when nothing waits any more. */
  flush(): Promise<void>
}

/** Records of one append for one partition, cut to the size of a batch. */
interface Piece {
  partition: number
  run: Run
  bytes: number
}

/** Writes by Produce requests of our own: a {@link Lane} for each partition, all lanes at once. */
export class ProduceWriter implements RecordWriter {
  readonly #cluster: Cluster
  readonly #identity: Identity
  readonly #lanes = new Map<string, Lane>()
  /** Per topic: appends are let in one after another, so that none overtakes another while it waits for metadata or room. */
  readonly #entrance = new Map<string, Promise<unknown>>()
  readonly #roomMade = new Wakeup()
  #waitingBytes = 0
  #unkeyed = 0

  constructor(cluster: Cluster, identity: Identity) {
    this.#cluster = cluster
    this.#identity = identity
  }

  /** @throws SHITOPS_E_TOPIC_UNKNOWN, SHITOPS_E_RECORD_INVALID, or SHITOPS_E_BUS_BUSY after the delivery timeout */
  async append(topic: string, records: readonly OutRecord[], acks: Acks, admit?: Admit): Promise<AppendResult[]> {
    return records.length === 0 ? [] : this.#inTurn(topic, (partitions) => this.#cut(topic, partitions, records), acks, admit)
  }

  async appendRun(topic: string, run: Run, { key, bytes }: { key: Buffer | null; bytes: number }): Promise<number> {
    const cut = (partitions: number) => [{ partition: partitionOf(key, partitions, () => this.#unkeyed++), run, bytes }]
    await this.#inTurn(topic, cut, 'commit')
    return run.count
  }

  async #inTurn(topic: string, cut: (partitions: number) => Piece[], acks: Acks, admit?: Admit): Promise<AppendResult[]> {
    const before = this.#entrance.get(topic)
    const entering = (before ?? Promise.resolve()).then(() => this.#enter(topic, cut, acks, admit))
    const left = entering.then(
      () => {},
      () => {},
    )
    this.#entrance.set(topic, left)
    void left.then(() => this.#entrance.get(topic) === left && this.#entrance.delete(topic))
    return collect(topic, await entering)
  }

  async flush(): Promise<void> {
    await Promise.all(this.#entrance.values())
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()))
  }

  /** Hands an append to its lanes as there is room for it; what comes back is under way. */
  async #enter(
    topic: string,
    cut: (partitions: number) => Piece[],
    acks: Acks,
    admit?: Admit,
  ): Promise<Array<Piece & { offset: Promise<number> }>> {
    const { clock, settings } = this.#cluster.context
    const deadline = clock.now() + settings.deliveryTimeout
    const { partitions } = await this.#cluster
      .patiently(() => this.#cluster.topic(topic))
      .catch((error: unknown) => Promise.reject(toShitopsError(error)))
    const pieces = cut(partitions.length)
    await admit?.([...new Set(pieces.map((piece) => piece.partition))])
    const sent: Array<Piece & { offset: Promise<number> }> = []
    for (const piece of pieces) {
      await this.#room(piece.bytes, topic, deadline)
      const offset = this.#send(topic, piece, acks === 'none' ? 0 : -1, deadline)
      // Met by collect(); until the other pieces are in, a failure here must not count as unhandled.
      offset.catch(() => {})
      sent.push({ ...piece, offset })
    }
    return sent
  }

  #cut(topic: string, count: number, records: readonly OutRecord[]): Piece[] {
    const { clock, settings } = this.#cluster.context
    const now = clock.now()
    // Records without a key stay together within one append and move on with the next: few large batches, and all partitions used.
    const sticky = this.#unkeyed++
    const open = new Map<number, RecordPiece>()
    const pieces: RecordPiece[] = []
    // Records of one key come in runs.
    let key: OutRecord['key'] | undefined
    let partition = -1
    let piece: RecordPiece | undefined
    for (const record of records) {
      if (record.partition !== undefined || record.key !== key) {
        key = record.partition === undefined ? record.key : undefined
        partition = record.partition ?? partitionOf(record.key, count, () => sticky)
        if (partition < 0 || partition >= count) throw unknownPartition(topic, partition, count)
        piece = open.get(partition)
      }
      const payload = payloadSize(record)
      const bytes = FRAMING + payload
      if (!piece || piece.bytes + bytes > settings.batchBytes) {
        piece = { partition, records: [], payloads: [], bytes: 0 }
        open.set(partition, piece)
        pieces.push(piece)
      }
      piece.records.push(record.timestamp === undefined ? { ...record, timestamp: now } : (record as TimedRecord))
      piece.payloads.push(payload)
      piece.bytes += bytes
    }
    return pieces.map(({ partition, records, payloads, bytes }) => ({ partition, run: new RecordRun(records, payloads), bytes }))
  }

  #send(topic: string, { partition, run, bytes }: Piece, acks: -1 | 0, deadline: number): Promise<number> {
    this.#waitingBytes += bytes
    const sending = new Promise<number>((resolve, reject) => {
      this.#lane(topic, partition).push({ run, bytes, acks, deadline, resolve, reject })
    })
    return sending.finally(() => {
      this.#waitingBytes -= bytes
      this.#roomMade.wake()
    })
  }

  #lane(topic: string, partition: number): Lane {
    const key = `${partition}:${topic}`
    let lane = this.#lanes.get(key)
    if (!lane) {
      lane = new Lane(this.#cluster, topic, partition, this.#identity)
      this.#lanes.set(key, lane)
    }
    return lane
  }

  /** Waits while `bufferBytes` are on their way: a source that is faster than the brokers is slowed, not stored. */
  async #room(bytes: number, topic: string, deadline: number): Promise<void> {
    const { clock, settings } = this.#cluster.context
    while (this.#waitingBytes > 0 && this.#waitingBytes + bytes > settings.bufferBytes) {
      if (clock.now() > deadline) {
        throw new ShitopsError(
          'SHITOPS_E_BUS_BUSY',
          `the brokers are too slow: ${settings.bufferBytes} bytes wait to be written before "${topic}"`,
        )
      }
      await this.#roomMade.wait()
    }
  }
}

/** Waits for all pieces. Where offsets follow one another the results are one. */
async function collect(topic: string, pieces: ReadonlyArray<Piece & { offset: Promise<number> }>): Promise<AppendResult[]> {
  await Promise.allSettled(pieces.map((piece) => piece.offset))
  const results: AppendResult[] = []
  for (const { partition, run, offset } of pieces) {
    const baseOffset = await offset
    const last = results.findLast((result) => result.partition === partition)
    if (last && baseOffset === last.baseOffset + last.count) last.count += run.count
    else results.push({ topic, partition, baseOffset, count: run.count })
  }
  return results
}
