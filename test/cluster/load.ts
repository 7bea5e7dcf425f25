import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../src/base/errors.ts'
import type { Bus, Claim, OutRecord, RecordBatch } from '../../src/bus/bus.ts'
import { waitFor } from '../support/kafka/index.ts'
import { type Counts, Gaps, readValue, Stream, sum, valueFor } from './ledger.ts'

const TOPICS = ['measured', 'spread', 'booked', 'copied'] as const
const MEASURED = 12
const SPREAD = 12
const BOOKED = 6
const COPIERS = 2
/** Records of one append to one partition, and the pause after it, ms. */
const CHUNK = 10
const PAUSE_MS = 40
/** Records of one append to all partitions, by key. */
const WIDE = 60
/** Records of one transaction, two to a partition. */
const TOGETHER = 2 * BOOKED
const SETTLE_MS = 120_000

export interface LoadOptions {
  /** In front of every name, so that several loads fit on a cluster. */
  name: string
  /** A bus of the cluster, opened anew. */
  open(options?: Readonly<Record<string, string>>): Promise<Bus>
  /** Where the reader runs. */
  rack: string
}

/**
 * Work for a cluster, all through our bus with acks=all:
 * - `measured`: a writer for each of twelve partitions, one append after the other;
 * - `spread`: appends whose keys go to all partitions at once;
 * - `booked`: transactions over all of six partitions;
 * - `copied`: what two members of a group read from `spread` and write in transactions with their offsets;
 * and one reader of all four.
 */
export class Load {
  /** Of acknowledged writes and of what was read, by partition. */
  readonly writeGaps: Gaps
  readonly readGaps: Gaps
  /** How often a copier had to begin again, and why. */
  readonly restarts: string[] = []
  /** What writers were told when they were refused. */
  readonly refusals: string[] = []
  readonly #options: LoadOptions
  readonly #streams: ReadonlyMap<string, Stream>
  readonly #buses: Bus[] = []
  readonly #writers: Promise<readonly [Bus, Bus, Bus]>
  readonly #stop = new AbortController()
  #working: Promise<unknown> = Promise.resolve()
  #writing: { stop: AbortController; done: Promise<unknown> } | null = null
  readonly #positions = new Map<string, number>()
  #disordered = 0
  #failure: unknown
  #marks = new Map<string, number>()

  private constructor(options: LoadOptions) {
    this.#options = options
    const measured = Array.from({ length: MEASURED }, (_, i) => new Stream(`m${i}`))
    const streams = [...measured, new Stream('s', { copied: true }), new Stream('b', { together: TOGETHER })]
    this.#streams = new Map(streams.map((stream) => [stream.name, stream]))
    this.#writers = Promise.all([this.#bus(), this.#bus(), this.#bus()])
    this.writeGaps = new Gaps(streams.map(({ name }) => name))
    this.readGaps = new Gaps(measured.map((_, partition) => `${this.topic('measured')}/${partition}`))
  }

  static async prepare(options: LoadOptions): Promise<Load> {
    const load = new Load(options)
    const admin = await load.#bus()
    for (const [topic, partitions] of Object.entries({ measured: MEASURED, spread: SPREAD, booked: BOOKED, copied: SPREAD })) {
      await admin.createTopic({ name: load.topic(topic), partitions, replication: 3, config: { 'min.insync.replicas': '2' } })
    }
    const reader = await load.#bus({ rack: options.rack })
    const reading = TOPICS.map((topic) => load.#read(reader, topic))
    const copying = Array.from({ length: COPIERS }, (_, member) => load.#copy(member))
    load.#working = Promise.all([...reading, ...copying]).catch((error: unknown) => {
      load.#failure ??= error
    })
    return load
  }

  topic(name: string): string {
    return `${this.#options.name}-${name}`
  }

  /** Begin to write; from here on records and gaps count as the present round's. */
  async start(): Promise<void> {
    this.#marks = new Map([...this.#streams].map(([name, stream]) => [name, stream.next]))
    const stop = new AbortController()
    const writers = await this.#writers
    this.writeGaps.reset()
    this.readGaps.reset()
    const measured = Array.from({ length: MEASURED }, (_, i) => this.#writeMeasured(writers[i % 2] as Bus, i, stop.signal))
    const done = Promise.all([...measured, this.#writeSpread(writers[0], stop.signal), this.#writeBooked(writers[2], stop.signal)])
    done.catch((error: unknown) => {
      this.#failure ??= error
    })
    this.#writing = { stop, done }
  }

  /** Resolves when writes that began after `since` have come through everywhere, and so have transactional copies. */
  async served(since: number, deadlineMs: number): Promise<void> {
    let waiting: string[] = []
    const all = () => {
      this.#check()
      waiting = [...this.writeGaps.waiting(since), ...this.readGaps.waiting(since)]
      return waiting.length === 0
    }
    await waitFor('service', all, deadlineMs).catch(() => {
      throw new Error(`no service within ${deadlineMs} ms of ${waiting.join(', ')}`)
    })
  }

  /** Stop writing, wait until all that was acknowledged has been read (or nothing more comes), and count the round. */
  async settle(): Promise<Counts & { disordered: number }> {
    this.#writing?.stop.abort()
    await this.#writing?.done
    this.#check()
    const gone = () => {
      this.#check()
      return this.#count().lost === 0
    }
    await waitFor('all that was acknowledged', gone, SETTLE_MS).catch((error: unknown) => {
      if (this.#failure) throw error
    })
    const disordered = this.#disordered
    this.#disordered = 0
    return { ...this.#count(), disordered }
  }

  /** Of all rounds, read again from the beginning by somebody else: [acknowledged and not there, there twice]. */
  async audit(): Promise<{ lost: number; doubled: number }> {
    const bus = await this.#bus()
    const again = new Map<string, Map<string, number>>()
    for (const topic of TOPICS) {
      const seen = new Map<string, number>()
      const partitions = (await bus.offsets(this.topic(topic))).map(({ partition }) => ({ partition, from: 0 }))
      for await (const batch of bus.read({ topic: this.topic(topic), partitions })) {
        for (let i = 0; i < batch.count; i++) {
          const { stream, number } = readValue(batch.value(i))
          seen.set(`${stream}:${number}`, (seen.get(`${stream}:${number}`) ?? 0) + 1)
        }
      }
      again.set(topic, seen)
    }
    const total = { lost: 0, doubled: 0 }
    for (const seen of again.values()) for (const times of seen.values()) total.doubled += times - 1
    for (const stream of this.#streams.values()) {
      const home = again.get(stream.name === 's' ? 'spread' : stream.name === 'b' ? 'booked' : 'measured')
      for (const number of stream.acknowledged()) if (!home?.has(`${stream.name}:${number}`)) total.lost++
    }
    const copied = again.get('copied')
    for (const name of again.get('spread')?.keys() ?? []) if (!copied?.has(name)) total.lost++
    return total
  }

  /** Where the live reader stands, in partitions in which it has not read all. */
  async behind(): Promise<string[]> {
    const admin = await this.#options.open()
    const places: string[] = []
    try {
      for (const topic of TOPICS) {
        for (const { partition, latest } of await admin.offsets(this.topic(topic))) {
          const position = this.#positions.get(`${topic}/${partition}`) ?? 0
          // After the last record of a transaction stands its marker, which nobody is shown.
          if (position < latest - (topic === 'measured' || topic === 'spread' ? 0 : 1))
            places.push(`${topic}/${partition} at ${position} of ${latest}`)
        }
      }
      return places
    } finally {
      await admin.close()
    }
  }

  async close(): Promise<void> {
    this.#writing?.stop.abort()
    await this.#writing?.done.catch(() => {})
    this.#stop.abort()
    await this.#working
    await Promise.all(this.#buses.map((bus) => bus.close()))
  }

  #count(): Counts {
    return sum([...this.#streams].map(([name, stream]) => stream.count(this.#marks.get(name))))
  }

  #check(): void {
    if (this.#failure) throw new Error(`the load failed: ${messageOf(this.#failure)}`, { cause: this.#failure })
  }

  async #bus(options: Readonly<Record<string, string>> = {}): Promise<Bus> {
    const bus = await this.#options.open(options)
    this.#buses.push(bus)
    return bus
  }

  #stream(name: string): Stream {
    const stream = this.#streams.get(name)
    if (!stream) throw new Error(`a record of a stream that is not ours: ${name}`)
    return stream
  }

  async #writeMeasured(bus: Bus, partition: number, signal: AbortSignal): Promise<void> {
    await this.#keepWriting(`m${partition}`, CHUNK, signal, (records) =>
      bus.append(
        this.topic('measured'),
        records.map((record) => ({ ...record, partition })),
      ),
    )
  }

  async #writeSpread(bus: Bus, signal: AbortSignal): Promise<void> {
    await this.#keepWriting('s', WIDE, signal, (records) => bus.append(this.topic('spread'), records))
  }

  async #writeBooked(bus: Bus, signal: AbortSignal): Promise<void> {
    await this.#keepWriting('b', TOGETHER, signal, (records) =>
      bus.transact({
        id: this.topic('booker'),
        appends: [{ topic: this.topic('booked'), records: records.map((record, i) => ({ ...record, partition: i % BOOKED })) }],
      }),
    )
  }

  async #keepWriting(
    name: string,
    count: number,
    signal: AbortSignal,
    write: (records: readonly OutRecord[]) => Promise<unknown>,
  ): Promise<void> {
    const stream = this.#stream(name)
    while (!signal.aborted) {
      const begun = Date.now()
      const numbers = stream.take(count)
      try {
        await write(numbers.map((number) => ({ key: `${name}-${number % 97}`, value: valueFor(name, number) })))
        stream.acknowledge(numbers)
        this.writeGaps.note(name, begun)
      } catch (error) {
        stream.refuse(numbers)
        this.refusals.push(`${name}: ${messageOf(error)}`)
      }
      await sleep(PAUSE_MS)
    }
  }

  async #read(bus: Bus, topic: string): Promise<void> {
    const partitions = (await bus.offsets(this.topic(topic))).map(({ partition }) => ({ partition, from: 0 }))
    const last = new Map<string, number>()
    for await (const batch of bus.read({ topic: this.topic(topic), partitions, follow: true, signal: this.#stop.signal })) {
      for (let i = 0; i < batch.count; i++) {
        const { stream, number } = readValue(batch.value(i))
        this.#stream(stream).seen(number, topic === 'copied' ? 'copy' : 'source')
        const place = `${stream}/${batch.partition}`
        if (number < (last.get(place) ?? -1)) this.#disordered++
        last.set(place, number)
      }
      this.#positions.set(`${topic}/${batch.partition}`, batch.nextOffset)
      if (topic === 'measured') this.readGaps.note(`${batch.topic}/${batch.partition}`, batch.timestamp(batch.count - 1))
    }
  }

  /** Exactly once: what was read, and that it was read, are one transaction. A copier that lost its place begins again from there. */
  async #copy(member: number): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const bus = await this.#options.open()
      try {
        await bus.consume({
          ...{ group: this.topic('copiers'), topics: [this.topic('spread')], start: 'earliest', signal: this.#stop.signal },
          onBatch: (batch, claim) => this.#copyBatch(bus, member, batch, claim),
        })
      } catch (error) {
        this.restarts.push(messageOf(error))
        await sleep(200)
      } finally {
        await bus.close()
      }
    }
  }

  async #copyBatch(bus: Bus, member: number, batch: RecordBatch, claim: Claim): Promise<void> {
    const { topic, partition, nextOffset } = batch
    const records = Array.from(batch, ({ key, value }) => ({ key, value, partition }))
    const commits = [{ topic, partition, offset: nextOffset }]
    const appends = records.length > 0 ? [{ topic: this.topic('copied'), records }] : []
    await bus.transact({ id: this.topic(`copier-${member}`), appends, offsets: { group: claim.group, commits, claim } })
  }
}
