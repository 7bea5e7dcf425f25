import type { RecordBatch } from '../../bus/bus.ts'
import type { BusJobOptions } from './bus-job-options.ts'
import type { Inbox } from './inbox.ts'
import type { JobInput } from './job-input.ts'
import type { JournalEntry } from './job-state.ts'
import type { ScanInput } from './scan-input.ts'
import { markText, siblingMark } from './sibling-marks.ts'

/** What moves the time of a job though no record came: a partition that is idle, or how far the other partitions of a topic are. */
export type TimeEntry = Exclude<JournalEntry, { readonly from: number }>

/** How far the inputs of a job have come in event time, and from which of them nothing comes. */
export class JobTime {
  readonly #o: BusJobOptions
  readonly #scans: ReadonlyMap<string, readonly ScanInput[]>
  readonly #input: JobInput
  /** Partitions, as `topic/partition`. */
  readonly #idle = new Set<string>()
  /** Scans from whose topics nothing comes: their time goes with that of the others. */
  #resting: ScanInput[] = []
  #lookedAt = 0

  /** @param scans by topic */
  constructor(options: BusJobOptions, scans: ReadonlyMap<string, readonly ScanInput[]>, input: JobInput) {
    this.#o = options
    this.#scans = scans
    this.#input = input
  }

  /** How often idle partitions are looked for, ms. */
  get every(): number {
    return Math.max(10, this.#o.idleTimeout / 4)
  }

  /** Something comes from this partition. */
  heard({ topic, partition }: RecordBatch): void {
    this.#idle.delete(`${topic}/${partition}`)
    if (this.#resting.length === 0) return
    const scans = this.#scans.get(topic) ?? []
    this.#resting = this.#resting.filter((scan) => !scans.includes(scan))
  }

  /**
   * What is to be applied now, one after the other: each before the next is asked for. A partition is idle when nothing of it has come for a while, and
   * nothing could have: a slow query does not make its input idle.
   */
  async *look(inbox: Inbox): AsyncGenerator<TimeEntry> {
    const { clock, idleTimeout, untilEnd } = this.#o
    const now = clock.now()
    if (untilEnd || now - this.#lookedAt < this.every) return
    this.#lookedAt = now
    for (const topic of this.#scans.keys()) {
      for (const [key, position] of this.#input.positions) {
        if (!key.startsWith(`${topic}/`) || this.#idle.has(key) || now - inbox.heard(key) < idleTimeout) continue
        const partition = Number(key.slice(topic.length + 1))
        if (await this.#input.hasMore(topic, partition, position)) inbox.hear(key)
        else if (inbox.heard(key) <= now - idleTimeout) yield { topic, partition, idle: true }
      }
    }
    yield* this.#siblings()
  }

  /** Where nothing comes in its own partitions, time goes on with that of the others. */
  async *#siblings(): AsyncGenerator<TimeEntry> {
    const { siblings, bus } = this.#o
    if (!siblings || siblings.length === 0) return
    for (const [topic, scans] of this.#scans) {
      if (!this.#isIdle(topic)) continue
      const mark = await siblingMark(bus, siblings, topic)
      if (scans.some(({ watermarks }) => watermarks.current < mark)) yield { topic, mark }
    }
  }

  apply(entry: TimeEntry): void {
    const scans = this.#scans.get(entry.topic) ?? []
    if ('mark' in entry) {
      for (const scan of scans) scan.watermarks.advanceTo(entry.mark)
      return
    }
    this.#idle.add(`${entry.topic}/${entry.partition}`)
    for (const scan of scans) scan.watermarks.idle(entry.partition)
    this.rest()
  }

  /** Finds out from which scans nothing comes; called where their state has come from elsewhere. */
  rest(): void {
    this.#resting = [...this.#scans.values()].flat().filter((scan) => scan.watermarks.resting)
    this.lift()
  }

  /** As Flink has it for an idle source: the time of a join, of a union is that of the inputs from which something comes. */
  lift(): void {
    if (this.#resting.length === 0) return
    let smallest = Number.POSITIVE_INFINITY
    for (const scans of this.#scans.values())
      for (const scan of scans) if (!this.#resting.includes(scan)) smallest = Math.min(smallest, scan.watermarks.current)
    if (Number.isFinite(smallest)) for (const scan of this.#resting) scan.watermarks.advanceTo(smallest)
  }

  /** Of the input that is furthest behind. */
  watermark(): number | null {
    const mark = Math.min(...[...this.#scans.values()].flat().map(({ watermarks }) => watermarks.current))
    return Number.isFinite(mark) ? mark : null
  }

  /** What the other jobs of these topics are told. */
  markOf(topic: string): string {
    const marks = (this.#scans.get(topic) ?? []).map(({ watermarks }) => watermarks.current)
    return markText(Math.min(...marks), this.#isIdle(topic))
  }

  #isIdle(topic: string): boolean {
    for (const key of this.#input.positions.keys()) if (key.startsWith(`${topic}/`) && !this.#idle.has(key)) return false
    return true
  }
}
