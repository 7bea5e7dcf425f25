import { WireReader, WireWriter } from '../../../../src/bus/kafka/wire.ts'
import { type InPieces, KEY, type Script, ScriptedBroker } from '../../../support/kafka/scripted-broker.ts'
import type { ModelLog } from './model-log.ts'

/** How the answers about a topic go out; each list is gone through in turn. */
export interface Manner {
  /** Bytes of records in an answer about one partition, wherever that cuts a batch; the first batch is whole (KIP-74). */
  cuts: readonly number[]
  /** Pieces that an answer is sent in. */
  pieces: readonly number[]
  /** Every so many answers one is an error that passes, or ends with the connection in the middle of it; 0 for none. */
  trouble: number
}

interface Topic {
  logs: readonly ModelLog[]
  manner: Manner
  /** Fetches answered. */
  turn: number
}

const NOT_LEADER = 6
/** How long a broker waits where there is nothing to read, ms. */
const NOTHING_MS = 2
const EARLIEST = -2

/** A cluster of two scripted brokers that hold logs and answer for them as Kafka does: partitions of even number at the first, of odd number at the second. */
export class LogBroker {
  readonly #topics = new Map<string, Topic>()
  readonly #brokers: ScriptedBroker[] = []

  static async listen(): Promise<LogBroker> {
    const cluster = new LogBroker()
    const script: Script = {
      [KEY.metadata]: ({ body }) => cluster.#metadata(body),
      [KEY.listOffsets]: ({ body }) => cluster.listOffsets(body),
      [KEY.fetch]: ({ body }) => cluster.fetch(body),
    }
    cluster.#brokers.push(await ScriptedBroker.listen(script), await ScriptedBroker.listen(script))
    return cluster
  }

  get url(): string {
    return this.#brokers[0]?.url ?? ''
  }

  add(topic: string, logs: readonly ModelLog[], manner: Manner): void {
    this.#topics.set(topic, { logs, manner, turn: 0 })
  }

  remove(topic: string): void {
    this.#topics.delete(topic)
    for (const broker of this.#brokers) broker.requests.length = 0
  }

  /** How many partitions a topic has. */
  partitions(topic: string): number {
    return this.#topics.get(topic)?.logs.length ?? 0
  }

  async close(): Promise<void> {
    for (const broker of this.#brokers) await broker.close()
  }

  #metadata(body: Buffer): Buffer {
    const wire = new WireReader(body)
    const names = wire.array(() => wire.string() ?? '')
    const answer = new WireWriter().int32(0)
    answer.array(this.#brokers, (broker) =>
      answer
        .int32(this.#brokers.indexOf(broker) + 1)
        .string('127.0.0.1')
        .int32(broker.port)
        .string(null),
    )
    answer.string('scripted').int32(1)
    answer.array(names, (name) => {
      const logs = this.#topics.get(name)?.logs ?? []
      answer
        .int16(logs.length === 0 ? 3 : 0)
        .string(name)
        .int8(0)
      answer.array(logs, (log) => {
        const partition = logs.indexOf(log)
        answer.int16(0).int32(partition).int32(leaderOf(partition))
        for (const ids of [[1, 2], [1, 2], []]) answer.array(ids, (id) => answer.int32(id))
      })
    })
    return answer.done()
  }

  listOffsets(body: Buffer): Buffer {
    const wire = new WireReader(body)
    wire.int32()
    const committed = wire.int8() === 1
    const answer = new WireWriter().int32(0)
    const asked = wire.array(() => {
      const topic = wire.string() ?? ''
      return { topic, partitions: wire.array(() => ({ partition: wire.int32(), timestamp: wire.int64() })) }
    })
    answer.array(asked, ({ topic, partitions }) => {
      answer.string(topic)
      answer.array(partitions, ({ partition, timestamp }) => {
        const log = this.#log(topic, partition)
        const offset = timestamp === EARLIEST ? (log.batches[0]?.baseOffset ?? log.end) : committed ? log.lastStable : log.end
        answer.int32(partition).int16(0).int64(-1).int64(offset)
      })
    })
    return answer.done()
  }

  /** The records that the request asks for. */
  async fetch(body: Buffer): Promise<InPieces | 'hang up'> {
    const wire = new WireReader(body)
    wire.bytes(4 + 4 + 4)
    const maxBytes = wire.int32()
    const committed = wire.int8() === 1
    wire.bytes(4 + 4)
    const asked = wire.array(() => {
      const topic = wire.string() ?? ''
      return wire.array(() => {
        const partition = wire.int32()
        wire.int32()
        const offset = wire.int64()
        wire.int64()
        return { topic, partition, offset, most: wire.int32() }
      })
    })
    const first = asked[0]?.[0]
    const topic = this.#topics.get(first?.topic ?? '')
    if (!topic) return 'hang up'
    const turn = topic.turn++
    const { cuts, pieces, trouble } = topic.manner
    const isTroubled = trouble > 0 && turn % trouble === trouble - 1
    const answer = new WireWriter().int32(0).int16(0).int32(0)
    let left = maxBytes
    let given = 0
    answer.array(asked.flat(), ({ topic: name, partition, offset, most }) => {
      const log = this.#log(name, partition)
      const cut = cuts[(turn + partition) % cuts.length] ?? most
      const refused = isTroubled && turn % 2 === 0
      const { records, next } = refused
        ? NOTHING
        : recordsOf(log, { offset, committed, most: Math.min(cut, most, left), whole: given === 0 })
      left -= records.length
      given += records.length
      answer
        .string(name)
        .int32(1)
        .int32(partition)
        .int16(refused ? NOT_LEADER : 0)
      answer.int64(log.end).int64(log.lastStable).int64(0)
      const aborted = committed ? log.aborted.filter(({ firstOffset, marker }) => marker >= offset && firstOffset < next) : []
      answer.array(aborted, ({ producerId, firstOffset }) => answer.int64(producerId).int64(firstOffset))
      answer.int32(-1).int32(records.length).raw(records)
    })
    if (given === 0) await new Promise((resolve) => setTimeout(resolve, NOTHING_MS))
    const bytes = answer.done()
    return { answer: bytes, sizes: pieces, ...(isTroubled && turn % 2 === 1 ? { upTo: (turn * 7_919) % bytes.length } : {}) }
  }

  #log(topic: string, partition: number): ModelLog {
    const log = this.#topics.get(topic)?.logs[partition]
    if (!log) throw new Error(`no log of ${topic}/${partition}`)
    return log
  }
}

/** The broker that leads a partition. */
export const leaderOf = (partition: number): number => (partition % 2) + 1

const NOTHING = { records: Buffer.alloc(0), next: 0 }

/** From the batch with this offset on, cut at `most` bytes; of a batch that would be the first and is not whole there is nothing, unless it has to be `whole`. */
function recordsOf(
  log: ModelLog,
  { offset, committed, most, whole }: { offset: number; committed: boolean; most: number; whole: boolean },
): { records: Buffer; next: number } {
  const readable = log.batches.filter(({ nextOffset, baseOffset }) => nextOffset > offset && (!committed || baseOffset < log.lastStable))
  const first = readable[0]
  if (!first || (!whole && first.bytes.length > most)) return NOTHING
  const taken: Buffer[] = []
  let size = 0
  let next = offset
  for (const { bytes, nextOffset } of readable) {
    if (size >= Math.max(most, first.bytes.length)) break
    taken.push(bytes)
    size += bytes.length
    next = nextOffset
  }
  return { records: Buffer.concat(taken).subarray(0, Math.max(most, first.bytes.length)), next }
}
