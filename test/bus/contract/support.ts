import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import type { ShitopsError } from '../../../src/base/errors.ts'
import type { Bus, BusRecord, Claim, ConsumeOptions, OutRecord, RecordBatch } from '../../../src/bus/bus.ts'
import { PATIENCE } from '../../support/patience.ts'

/** What a bus brings to the suite. */
export interface BusHarness {
  /** Open a bus; `another` opens a second one on the same store or cluster, as a second process would. */
  open(): Promise<{ bus: Bus; another(): Promise<Bus>; cleanup(): Promise<void> }>
  /** Factor on all deadlines, for a bus whose groups take seconds to form; 1 when absent. */
  slower?: number
  /** Titles of cases that this bus cannot pass, each with the reason. */
  skip?: Readonly<Record<string, string>>
}

/** The bus under test and what the cases share. */
export class Bench {
  bus!: Bus
  another!: () => Promise<Bus>
  readonly harness: BusHarness
  #cleanup: () => Promise<void> = async () => {}
  #extra: Bus[] = []

  constructor(harness: BusHarness) {
    this.harness = harness
  }

  async start(): Promise<void> {
    const { bus, another, cleanup } = await this.harness.open()
    this.bus = bus
    this.another = async () => {
      const extra = await another()
      this.#extra.push(extra)
      return extra
    }
    this.#cleanup = cleanup
  }

  async stop(): Promise<void> {
    await Promise.all(this.#extra.map((extra) => extra.close()))
    await this.bus?.close()
    await this.#cleanup()
  }

  /** `ms` as this bus counts them. */
  scaled(ms: number): number {
    return ms * (this.harness.slower ?? 1)
  }

  /** A new topic whose records stay, whatever their times. */
  async topic(partitions = 1, config: Record<string, string> = {}): Promise<string> {
    const name = unique('topic')
    await this.bus.createTopic({ name, partitions, config: { 'retention.ms': '-1', ...config } })
    return name
  }

  /** All records that a topic holds now, by partition and then by offset. */
  async all(topic: string, bus: Bus = this.bus): Promise<BusRecord[]> {
    const partitions = (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
    const records: BusRecord[] = []
    for await (const batch of bus.read({ topic, partitions })) records.push(...batch)
    return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  /** Resolves once `holds`; fails with what it was waiting for. */
  async until(what: string, holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
    const patience = Math.max(PATIENCE, this.scaled(ms))
    const end = Date.now() + patience
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`still waiting after ${patience} ms: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** Start a group member that keeps what it reads. */
  member(group: string, topics: readonly string[], options: Partial<ConsumeOptions> = {}, bus: Bus = this.bus): TestMember {
    return new TestMember(bus, { group, topics, start: 'earliest', ...options })
  }
}

/** A group member that runs in the background. By default it commits after each batch. */
export class TestMember {
  readonly records: BusRecord[] = []
  readonly claims: Claim[] = []
  readonly assigned = new Set<string>()
  /** How consume() ended: undefined while it runs, or after a plain end. */
  error: unknown
  ended = false
  readonly #abort = new AbortController()
  readonly #done: Promise<void>

  constructor(bus: Bus, options: Omit<ConsumeOptions, 'signal' | 'onBatch'> & { onBatch?: ConsumeOptions['onBatch'] }) {
    const onBatch =
      options.onBatch ??
      (async (batch: RecordBatch, claim: Claim) => {
        this.records.push(...batch)
        this.claims.push(claim)
        await claim.commit(batch.nextOffset)
      })
    this.#done = bus
      .consume({
        ...options,
        onBatch,
        signal: this.#abort.signal,
        onAssigned: (partitions) => {
          for (const { topic, partition } of partitions) this.assigned.add(`${topic}/${partition}`)
          options.onAssigned?.(partitions)
        },
        onRevoked: (partitions) => {
          for (const { topic, partition } of partitions) this.assigned.delete(`${topic}/${partition}`)
          options.onRevoked?.(partitions)
        },
      })
      .catch((error: unknown) => {
        this.error = error
      })
      .finally(() => {
        this.ended = true
      })
  }

  values(): string[] {
    return this.records.map(({ value }) => String(value))
  }

  abort(): void {
    this.#abort.abort()
  }

  /** Stop in good order; rejects with what consume() rejected with. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#done
    if (this.error) throw this.error
  }

  /** Resolves when consume() has ended by itself. */
  async over(): Promise<unknown> {
    await this.#done
    return this.error
  }
}

export function unique(what: string): string {
  return `${what}-${randomBytes(6).toString('hex')}`
}

/** `count` records with values `<prefix>0`, `<prefix>1`, … */
export function numbered(count: number, prefix = 'v', partition?: number): OutRecord[] {
  return Array.from({ length: count }, (_, i) => ({ key: null, value: `${prefix}${i}`, ...(partition === undefined ? {} : { partition }) }))
}

export function valuesOf(records: Iterable<BusRecord>): string[] {
  return Array.from(records, ({ value }) => String(value))
}

/** The code that a promise rejects with; fails when it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    expect((error as Error).name, String(error)).to.equal('ShitopsError')
    return (error as ShitopsError).code
  }
  throw new Error('it should have been refused')
}

/** Read an iterable to its end. */
export async function drain(batches: AsyncIterable<RecordBatch>): Promise<RecordBatch[]> {
  const read: RecordBatch[] = []
  for await (const batch of batches) read.push(batch)
  return read
}
