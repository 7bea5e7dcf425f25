/**
 * What MirrorMaker 2 keeps in its topics, as `org.apache.kafka.connect.mirror` OffsetSync, Checkpoint and Heartbeat lay it out: Kafka's
 * primitive types, big-endian, a STRING with two bytes of length in front. Each decoder gives null for what is not such a record.
 */

/** The record at `upstream` of a source partition is the one at `downstream` of its mirror. */
export interface OffsetSync {
  topic: string
  partition: number
  upstream: number
  downstream: number
}

/** A group that stands at `upstream` on the source may go on at `downstream` of the mirror. Topic is the mirror's name. */
export interface Checkpoint {
  group: string
  topic: string
  partition: number
  upstream: number
  downstream: number
}

export interface Heartbeat {
  source: string
  target: string
  /** ms since the epoch */
  at: number
}

type Bytes = Buffer | null

export const decodeOffsetSync = (key: Bytes, value: Bytes): OffsetSync | null =>
  read(key, value, (fields, content) => ({
    ...{ topic: fields.string(), partition: fields.int32() },
    ...{ upstream: content.int64(), downstream: content.int64() },
  }))

export const decodeCheckpoint = (key: Bytes, value: Bytes): Checkpoint | null =>
  read(key, value, (fields, content) => {
    content.version()
    return {
      ...{ group: fields.string(), topic: fields.string(), partition: fields.int32() },
      ...{ upstream: content.int64(), downstream: content.int64() },
    }
  })

export const decodeHeartbeat = (key: Bytes, value: Bytes): Heartbeat | null =>
  read(key, value, (fields, content) => {
    content.version()
    return { source: fields.string(), target: fields.string(), at: content.int64() }
  })

function read<Facts>(key: Bytes, value: Bytes, facts: (key: Fields, value: Fields) => Facts): Facts | null {
  if (!key || !value) return null
  try {
    return facts(new Fields(key), new Fields(value))
  } catch (error) {
    // Too short, or of another version: somebody else's record.
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Fields one after the other. @throws RangeError where there are not so many bytes */
class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#move(4))
  }

  int64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#move(8)))
  }

  string(): string {
    const length = this.#bytes.readInt16BE(this.#move(2))
    const from = this.#move(length)
    if (length < 0 || this.#at > this.#bytes.length) throw new RangeError('a string that is longer than its record')
    return this.#bytes.toString('utf8', from, this.#at)
  }

  /** Of the layouts there has been one so far. */
  version(): void {
    const version = this.#bytes.readInt16BE(this.#move(2))
    if (version !== 0) throw new RangeError(`version ${version}`)
  }

  #move(by: number): number {
    const at = this.#at
    this.#at += by
    return at
  }
}
