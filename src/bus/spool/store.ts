import { randomUUID } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { hasCode, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { OutRecord } from '../bus.ts'
import type { EmbeddedBus } from '../embedded/embedded-bus.ts'
import { decodeEntry, type Entry, encodeEntries, type Spooled } from './entry.ts'
import type { SpoolLimits, SpoolTotals } from './limits.ts'

/** Topics of the embedded bus that a spool is. */
export const WAITING = 'spool'
export const REFUSED = 'spool.refused'
/** The group whose offset is how far everything has been forwarded; its metadata are the totals. */
const FORWARDED = 'forwarded'
const ID = 'shitops.spool.id'
const REFUSED_BYTES = 64 << 20

/** What of the spool is taken at once. */
export interface Take {
  maxRecords: number
  maxBytes: number
}

/** An embedded bus in a folder of its own that holds, in one order over all topics, what is on its way to the target. */
export class SpoolStore {
  /** Never that of another spool, also where a folder is removed and made again: positions at the target are under it. */
  readonly id: string
  readonly directory: string
  readonly #bus: EmbeddedBus
  readonly #clock: Clock
  readonly #limits: SpoolLimits
  /** Stored, about: exact after each {@link trim}. */
  bytes = 0

  private constructor(bus: EmbeddedBus, directory: string, id: string, clock: Clock, limits: SpoolLimits) {
    this.#bus = bus
    this.directory = directory
    this.id = id
    this.#clock = clock
    this.#limits = limits
  }

  /** Opens the spool of a folder. @throws what opening an embedded bus does; SHITOPS_E_BUS_UNAVAILABLE where it must be there and is not */
  static async open(
    directory: string,
    { clock, logger, limits, mustExist = false }: { clock: Clock; logger: Logger; limits: SpoolLimits; mustExist?: boolean },
  ): Promise<SpoolStore> {
    const { openEmbeddedBus } = await import('../embedded/index.ts')
    const bus = await openEmbeddedBus(`embedded:${directory}`, { clock, logger, mustExist })
    try {
      if (mustExist && !(await bus.listTopics()).includes(WAITING)) throw noSpool(directory)
      const refused = { name: REFUSED, partitions: 1, config: { 'retention.bytes': String(REFUSED_BYTES) } }
      for (const spec of [{ name: WAITING, partitions: 1, config: { [ID]: randomUUID() } }, refused]) {
        await bus.createTopic(spec).catch((error: unknown) => {
          if (!hasCode(error, 'SHITOPS_E_TOPIC_EXISTS')) throw error
        })
      }
      const { [ID]: id } = (await bus.describeTopic(WAITING)).config
      if (id === undefined) throw noSpool(directory)
      const store = new SpoolStore(bus, directory, id, clock, limits)
      await store.trim()
      return store
    } catch (error) {
      await bus.close()
      throw error
    }
  }

  /** Puts entries at the end, together. @returns the offset behind them. @throws SHITOPS_E_BUS_FULL */
  async append(entries: readonly Entry[], writer?: string): Promise<number> {
    const records = encodeEntries(entries, this.#clock.now())
    this.bytes += sizeOf(records)
    const appends = [{ topic: WAITING, records }]
    const [at] = writer === undefined ? await this.#bus.append(WAITING, records) : await this.#bus.transact({ id: writer, appends })
    return at ? at.baseOffset + at.count : (await this.bounds()).end
  }

  /** Takes over a writer's name among the processes of this spool, as an empty transaction does. */
  async fence(writer: string): Promise<void> {
    await this.#bus.transact({ id: writer, appends: [] })
  }

  /** Rejects with SHITOPS_E_FENCED where another process of this spool has taken over a writer's name. */
  async check(writer: string): Promise<void> {
    await this.append([], writer)
  }

  /** First offset held, and the one behind the last. */
  async bounds(): Promise<{ start: number; end: number }> {
    const [partition] = await this.#bus.offsets(WAITING)
    return { start: partition?.earliest ?? 0, end: partition?.latest ?? 0 }
  }

  /** Entries from an offset on, and the offset behind them: as many as may be, and whole units where one fits. */
  async take(from: number, { maxRecords, maxBytes }: Take): Promise<{ entries: Spooled[]; next: number }> {
    const entries: Spooled[] = []
    let bytes = 0
    let next = from
    /** Behind the last whole unit. */
    let whole = { count: 0, next: from }
    for await (const batch of this.#bus.read({ topic: WAITING, partitions: [{ partition: 0, from }] })) {
      for (let i = 0; i < batch.count; i++) {
        if (entries.length >= maxRecords || (bytes >= maxBytes && entries.length > 0)) {
          const cut = whole.count > 0 ? whole : { count: entries.length, next }
          return { entries: entries.slice(0, cut.count), next: cut.next }
        }
        const spooled = decodeEntry(batch, i)
        next = batch.offset(i) + 1
        if (!spooled) continue
        entries.push(spooled)
        bytes += spooled.bytes
        if (spooled.last) whole = { count: entries.length, next }
      }
      next = batch.nextOffset
    }
    return { entries, next }
  }

  /** Resolves when there is something from that offset on, or the signal aborts. */
  async more(from: number, signal: AbortSignal): Promise<void> {
    for await (const _ of this.#bus.read({ topic: WAITING, partitions: [{ partition: 0, from }], follow: true, maxBatchBytes: 1, signal }))
      return
  }

  /** How far everything has been forwarded, as whoever forwards has noted. */
  async position(): Promise<{ position: number; totals: SpoolTotals }> {
    const [commit] = await this.#bus.fetchOffsets(FORWARDED, [WAITING])
    const none = { forwarded: 0, dropped: 0, refused: 0 }
    return { position: commit?.offset ?? 0, totals: commit?.metadata ? { ...none, ...JSON.parse(commit.metadata) } : none }
  }

  /** Notes how far everything has been forwarded, and what was refused on the way; removes what is no longer needed. */
  async forwarded(position: number, totals: SpoolTotals, refused: readonly OutRecord[] = []): Promise<void> {
    if (refused.length > 0) await this.#bus.append(REFUSED, refused)
    await this.#bus.commitOffsets(FORWARDED, [{ topic: WAITING, partition: 0, offset: position, metadata: JSON.stringify(totals) }])
    await this.trim(position)
  }

  /** Removes what has been forwarded, and then the oldest of what is too old or too much. @returns the first offset that is left */
  async trim(below = 0): Promise<number> {
    const before = this.#clock.now() - this.#limits.ageMs
    const { start, bytes } = await this.#bus.trim(WAITING, 0, { below, before, maxBytes: this.#limits.bytes })
    this.bytes = bytes
    return start
  }

  close(): Promise<void> {
    return this.#bus.close()
  }
}

const sizeOf = (records: readonly OutRecord[]) =>
  records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0) + 128, 0)

function noSpool(directory: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `${directory} is not a spool of a collector`, {
    suggestions: [
      'name the folder of spool= in the bus URL, or bus.spool in shitops.yaml',
      'shitops replay TOPIC --to-bus URL, for an embedded bus',
    ],
  })
}
