import { codecOf } from '../../../../src/bus/kafka/codecs.ts'
import { type ModelRecord, signed, storedBatch } from './stored-batch.ts'

/** A batch of a log. */
export interface ModelBatch {
  baseOffset: number
  nextOffset: number
  bytes: Buffer
  /** Empty for markers, and where compaction left nothing. */
  records: readonly ModelRecord[]
  /** 0: of no transaction. */
  producerId: number
}

/** A transaction that was taken back; `marker` is where that is told. */
export interface AbortedTransaction {
  producerId: number
  firstOffset: number
  marker: number
}

export interface PlannedRecord {
  key: Buffer | null
  value: Buffer | null
  headers: ReadonlyArray<readonly [name: string, value: Buffer]>
  /** ms after the batch's own time. */
  later: number
  /** Offsets that compaction emptied before it. */
  gap: number
}

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
const CODEC_ID = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const

export type Step =
  | {
      what: 'batch'
      producerId: number
      codec: Codec
      time: number
      appended: boolean
      records: readonly PlannedRecord[]
      gapBehind: number
    }
  /** More than a megabyte, so that answers are large: `count` values of `size` bytes, or of about that. */
  | { what: 'bulk'; producerId: number; codec: Codec; count: number; size: number }
  /** A transaction's end; where the producer has none open, a marker as one that wrote nowhere else leaves. */
  | { what: 'end'; producerId: number; commit: boolean }
  /** Offsets that are not there at all. */
  | { what: 'gap'; size: number }
  /** A batch of which compaction left the header. */
  | { what: 'hollow'; size: number }

/** One way in which a batch can be damaged, and the error that a reader is to meet there. */
export interface Damage {
  kind: 'bit' | 'checksum' | 'magic' | 'old' | 'backward' | 'count' | 'crowd' | 'record' | 'payload'
  /** Where, as far as the kind leaves it open. */
  at: number
}

const TRANSACTIONAL = 0x10
const CONTROL = 0x20
const DELETE_HORIZON = 0x40
const HEADER = 61
const NOISE = Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7_919 + (i >> 3) * 31) & 0xff))

/** A partition's log: what a broker has of it, and what readers are to get. */
export class ModelLog {
  readonly batches: ModelBatch[] = []
  readonly aborted: AbortedTransaction[] = []
  /** The first offset that is not there yet. */
  end = 0
  readonly #open = new Map<number, number>()

  static async of(steps: readonly Step[], base: number): Promise<ModelLog> {
    const log = new ModelLog()
    log.end = base
    for (const step of steps) await log.#add(step)
    return log
  }

  /** Where a reader stands when it has read all that it may: a broker has nothing to say of offsets behind the last batch. */
  readableEnd(committed: boolean): number {
    const last = this.batches.findLast(({ baseOffset }) => !committed || baseOffset < this.lastStable)
    return last?.nextOffset ?? 0
  }

  /** Before it all transactions are decided. */
  get lastStable(): number {
    return Math.min(this.end, ...this.#open.values())
  }

  isVisible(batch: ModelBatch, committed: boolean): boolean {
    if (!committed || batch.producerId === 0) return true
    const { producerId: id, baseOffset } = batch
    if (baseOffset >= this.lastStable) return false
    return !this.aborted.some(
      ({ producerId, firstOffset, marker }) => producerId === id && baseOffset >= firstOffset && baseOffset < marker,
    )
  }

  /** What a reader gets. */
  records({ from, to, committed }: { from: number; to: number; committed: boolean }): ModelRecord[] {
    const end = committed ? Math.min(to, this.lastStable) : to
    return this.batches
      .filter((batch) => this.isVisible(batch, committed))
      .flatMap(({ records }) => records.filter(({ offset }) => offset >= from && offset < end))
  }

  async #add(step: Step): Promise<void> {
    switch (step.what) {
      case 'gap':
        this.end += step.size
        return
      case 'hollow':
        return this.#push({ baseOffset: this.end, lastOffset: this.end + step.size, records: [], firstTime: 5, producerId: 0 })
      case 'end':
        return this.#endTransaction(step)
      case 'bulk':
        return this.#write(step.producerId, step.codec, bulkRecords(step, this.end), { firstTime: 1_700_000_000_000 })
      case 'batch': {
        const { time, appended, producerId, codec, gapBehind } = step
        const first = step.records[0]?.later ?? 0
        // Compaction that keeps a tombstone for a while counts times from when it may go.
        const horizon = gapBehind > 2 && !appended
        let offset = this.end
        const records = step.records.map(({ later, gap, ...record }) => {
          offset += gap + 1
          return { ...record, offset: offset - 1, timestamp: appended ? time : time + later }
        })
        const firstTime = horizon ? time + 86_400_000 : time + first
        const more = { firstTime, gapBehind, appendTime: appended ? time : null, horizon }
        return this.#write(producerId, codec, records, more)
      }
    }
  }

  async #write(
    producerId: number,
    codec: Codec,
    records: readonly ModelRecord[],
    more: { firstTime: number; gapBehind?: number; appendTime?: number | null; horizon?: boolean },
  ): Promise<void> {
    const baseOffset = this.end
    if (producerId !== 0 && !this.#open.has(producerId)) this.#open.set(producerId, baseOffset)
    const id = CODEC_ID[codec]
    const tool = await codecOf(id)
    await this.#push({
      ...{ baseOffset, records, producerId, firstTime: more.firstTime, codec: id, appendTime: more.appendTime ?? null },
      lastOffset: (records.at(-1)?.offset ?? baseOffset) + (more.gapBehind ?? 0),
      attributes: (producerId === 0 ? 0 : TRANSACTIONAL) | (more.horizon ? DELETE_HORIZON : 0),
      ...(tool ? { compress: (bytes: Buffer) => tool.compress(bytes) } : {}),
    })
  }

  async #endTransaction({ producerId, commit }: { producerId: number; commit: boolean }): Promise<void> {
    const marker = this.end
    const firstOffset = this.#open.get(producerId)
    if (!commit && firstOffset !== undefined) this.aborted.push({ producerId, firstOffset, marker })
    this.#open.delete(producerId)
    const key = Buffer.from([0, 0, 0, commit ? 1 : 0])
    const record = { offset: marker, timestamp: 7, key, value: Buffer.alloc(6), headers: [] }
    await this.#push({
      ...{ baseOffset: marker, lastOffset: marker, records: [record], firstTime: 7, producerId, attributes: TRANSACTIONAL | CONTROL },
    })
    // Nobody is to get it.
    const pushed = this.batches.at(-1) as ModelBatch
    pushed.records = []
  }

  async #push(facts: Parameters<typeof storedBatch>[0] & { producerId: number }): Promise<void> {
    const { baseOffset, lastOffset, records, producerId } = facts
    const bytes = await storedBatch({ ...facts, producerId: producerId === 0 ? -1 : producerId })
    this.batches.push({ baseOffset, nextOffset: lastOffset + 1, bytes, records, producerId })
    this.end = lastOffset + 1
  }
}

function bulkRecords({ count, size }: { count: number; size: number }, base: number): ModelRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const value = Buffer.alloc(Math.max(0, size + (i % 5) - 2))
    // Unlike any other's, and not all the same to a codec.
    NOISE.copy(value, 0, (base + i * 13) % 3_000)
    value.write(`${base + i}:`)
    return { offset: base + i, timestamp: 1_700_000_000_000 + i, key: i % 3 === 0 ? Buffer.from(`k${i}`) : null, value, headers: [] }
  })
}

/** Damages one of the batches; what is told of it by code. */
export function damage(batch: ModelBatch, { kind, at }: Damage): 'SHITOPS_E_BUS_CORRUPT' | 'SHITOPS_E_BUS_UNSUPPORTED' {
  const bytes = Buffer.from(batch.bytes)
  batch.bytes = bytes
  const codec = bytes.readInt16BE(21) & 7
  const place = HEADER + (at % Math.max(1, bytes.length - HEADER))
  switch (kind) {
    case 'magic':
      bytes[16] = 0x80 | at
      break
    case 'old':
      bytes[16] = at % 2
      return 'SHITOPS_E_BUS_UNSUPPORTED'
    case 'checksum':
      bytes[17] = (bytes[17] as number) ^ 0x10
      break
    case 'backward':
      bytes.writeInt32BE(-1 - (at % 1_000), 23)
      signed(bytes)
      break
    case 'crowd':
      bytes.writeInt32BE(0x7fff_ffff - (at % 1_000), 57)
      signed(bytes)
      break
    case 'count':
      bytes.writeInt32BE(bytes.readInt32BE(57) + 1 + (at % 3), 57)
      signed(bytes)
      break
    case 'record':
      if (codec !== 0) return damage(batch, { kind: 'bit', at })
      // The first record's length is none, or beyond the batch's end.
      Buffer.from(at % 2 === 0 ? [0x01] : [0xfe, 0xff, 0xff, 0x7f]).copy(bytes, HEADER)
      signed(bytes)
      break
    case 'payload':
      if (codec === 0) return damage(batch, { kind: 'bit', at })
      bytes.fill(0xff, HEADER)
      signed(bytes)
      break
    case 'bit':
      bytes[place] = (bytes[place] as number) ^ (1 << (at % 8))
      break
  }
  return 'SHITOPS_E_BUS_CORRUPT'
}
