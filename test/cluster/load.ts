import { messageOf } from '../../src/base/errors.ts'
import type { Bus } from '../../src/bus/bus.ts'
import type { OpenBusOptions } from '../../src/bus/open.ts'
import { safeTopic } from '../bus/kafka/support.ts'
import { waitFor } from '../support/kafka/index.ts'
import { type Audit, auditOf, behindOf, TOPICS } from './audit.ts'
import { type Copying, copy } from './copy.ts'
import { type Counts, Gaps, readValue, type Stream, sum } from './ledger.ts'
import { COLLECTED, Pipeline, tell } from './pipeline.ts'
import { MEASURED, WRITTEN, writeAll, writtenStreams } from './writers.ts'

const COPIERS = 2
const SETTLE_MS = 120_000

/** What a round has come to. */
export interface Settled extends Counts {
  disordered: number
  /** Records that the job has had to count. */
  inputs: number
  /** Inputs that are not once in each of its results, since it began; 0 where all is right. */
  miscounted: number
}

export interface LoadOptions {
  /** In front of every name, so that several loads fit on a cluster. */
  name: string
  /** A bus of the cluster, opened anew. */
  open(url?: Readonly<Record<string, string>>, options?: OpenBusOptions): Promise<Bus>
  /** Where the reader runs. */
  rack: string
}

/**
 * Work for a cluster, all through our bus with acks=all:
 * - `measured`: a writer for each of twelve partitions, one append after the other;
 * - `spread`: appends whose keys go to all partitions at once;
 * - `booked`: transactions over all of six partitions;
 * - `copied`: what two members of a group read from `spread` and write in transactions with their offsets;
 * - the collector with its spool and the job of pipeline.ts, from `collected` to its results;
 * and one reader of all of them.
 */
export class Load {
  /** Of acknowledged writes and of what was read, by partition. */
  readonly writeGaps: Gaps
  readonly readGaps: Gaps
  /** Of the collector, which the brokers are not to hold up. */
  readonly collectGaps = new Gaps(['c'])
  /** How often a copier, or the job, had to begin again, and why. */
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
  #pipeline: Pipeline | undefined
  /** Of the job, before the present round. */
  #inputs = 0

  private constructor(options: LoadOptions) {
    this.#options = options
    const streams = writtenStreams()
    this.#streams = new Map(streams.map((stream) => [stream.name, stream]))
    this.#writers = Promise.all([this.#bus(), this.#bus(), this.#bus()])
    this.writeGaps = new Gaps(streams.map(({ name }) => name).filter((name) => name !== 'c'))
    const partitions = (topic: string, count: number) => Array.from({ length: count }, (_, i) => `${topic}/${i}`)
    this.readGaps = new Gaps([...partitions('measured', MEASURED), ...partitions('collected', COLLECTED)])
  }

  static async prepare(options: LoadOptions): Promise<Load> {
    const load = new Load(options)
    const admin = await load.#bus()
    for (const [topic, partitions] of Object.entries(WRITTEN)) await safeTopic(admin, load.topic(topic), partitions)
    const reader = await load.#bus({ rack: options.rack })
    const trouble = (what: string) => void load.restarts.push(what)
    const { signal } = load.#stop
    load.#pipeline = await Pipeline.begin(
      { topic: (name) => load.topic(name), open: options.open, signal, onTrouble: trouble },
      await load.#bus({ rack: options.rack }),
    )
    const reading = TOPICS.map((topic) => load.#read(reader, topic))
    const copies: Copying = { from: load.topic('spread'), to: load.topic('copied'), open: options.open, signal, onTrouble: trouble }
    const copying = Array.from({ length: COPIERS }, (_, member) => copy(copies, member))
    load.#working = Promise.all([...reading, ...copying]).catch((error: unknown) => {
      load.#failure ??= error
    })
    return load
  }

  readonly topic = (name: string): string => `${this.#options.name}-${name}`

  get pipeline(): Pipeline {
    if (!this.#pipeline) throw new Error('the pipeline has not begun')
    return this.#pipeline
  }

  /** Begin to write; from here on records and gaps count as the present round's. */
  async start(): Promise<void> {
    this.#marks = new Map([...this.#streams].map(([name, stream]) => [name, stream.next]))
    const stop = new AbortController()
    const writers = await this.#writers
    this.resetGaps()
    this.#inputs = this.pipeline.tally.inputs
    const { topic, writeGaps, collectGaps, refusals } = this
    const { collector } = this.pipeline
    const stream = (name: string) => this.#stream(name)
    const done = writeAll({ topic, stream, buses: writers, collector, writeGaps, collectGaps, refusals, signal: stop.signal })
    done.catch((error: unknown) => {
      this.#failure ??= error
    })
    this.#writing = { stop, done }
  }

  get #allGaps(): Gaps[] {
    return [this.writeGaps, this.collectGaps, this.readGaps, this.pipeline.gaps]
  }

  resetGaps(): void {
    for (const gaps of this.#allGaps) gaps.reset()
  }

  /** Resolves when writes that began after `since` have come through everywhere: to the reader, and to the results of the job. */
  async served(since: number, deadlineMs: number): Promise<void> {
    let waiting: string[] = []
    const all = () => {
      this.#check()
      waiting = this.#allGaps.flatMap((gaps) => gaps.waiting(since))
      return waiting.length === 0
    }
    await waitFor('service', all, deadlineMs).catch(() => {
      throw new Error(`no service within ${deadlineMs} ms of ${waiting.join(', ')}`)
    })
  }

  /** Stop writing, wait until all that was acknowledged has been read (or nothing more comes), and count the round. */
  async settle(): Promise<Settled> {
    this.#writing?.stop.abort()
    await this.#writing?.done
    this.#check()
    const gone = () => {
      this.#check()
      return this.#count().lost === 0 && this.pipeline.settled
    }
    await waitFor('all that was acknowledged', gone, SETTLE_MS).catch((error: unknown) => {
      if (this.#failure) throw error
    })
    const disordered = this.#disordered
    this.#disordered = 0
    const { inputs, missing, twice, wrong } = this.pipeline.tally.compare()
    return { ...this.#count(), disordered, inputs: inputs - this.#inputs, miscounted: missing + twice + wrong }
  }

  /** All rounds, read again from the beginning by somebody else. */
  async audit(): Promise<Audit> {
    const bus = await this.#options.open()
    try {
      return await auditOf(bus, this.#streams.values(), this)
    } finally {
      await bus.close()
    }
  }

  /** Where the live reader stands, in partitions in which it has not read all, and where the job does. */
  async behind(): Promise<string[]> {
    const bus = await this.#options.open()
    try {
      return [...(await behindOf(bus, this.#positions, this)), ...(await this.pipeline.standing(bus))]
    } finally {
      await bus.close()
    }
  }

  async close(): Promise<void> {
    this.#writing?.stop.abort()
    await this.#writing?.done.catch(() => {})
    this.#stop.abort()
    await this.#working
    await this.#pipeline?.close()
    await Promise.all(this.#buses.map((bus) => bus.close()))
  }

  #count(): Counts {
    return sum([...this.#streams].map(([name, stream]) => stream.count(this.#marks.get(name))))
  }

  #check(): void {
    const failure = this.#failure ?? this.pipeline.failure
    if (failure) throw new Error(`the load failed: ${messageOf(failure)}`, { cause: failure })
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
      if (topic === 'collected') tell(this.pipeline.tally, topic, batch)
      if (batch.count > 0 && (topic === 'measured' || topic === 'collected'))
        this.readGaps.note(`${topic}/${batch.partition}`, batch.timestamp(batch.count - 1))
    }
  }
}
