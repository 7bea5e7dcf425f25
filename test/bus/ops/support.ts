import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../../src/base/clock.ts'
import type { Bus, BusRecord, OutRecord, RecordBatch, TopicConfig } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import type { RecordSink } from '../../../src/bus/ops/tail.ts'
import { PATIENCE } from '../../support/patience.ts'

/** An embedded bus in a directory of its own. */
export class TestBus {
  readonly directory = mkdtempSync(join(tmpdir(), 'shitops-ops-'))
  readonly url = `embedded:${this.directory}`
  bus!: Bus

  async open(): Promise<void> {
    this.bus = await openBus(this.url)
  }

  async close(): Promise<void> {
    await this.bus.close()
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** A topic whose records stay, whatever their times. */
  async topic(name: string, partitions = 1, config: TopicConfig = {}): Promise<string> {
    await this.bus.createTopic({ name, partitions, config: { 'retention.ms': '-1', ...config } })
    return name
  }

  /** What a topic holds now, by partition and offset. */
  async all(topic: string): Promise<BusRecord[]> {
    const partitions = (await this.bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
    const records: BusRecord[] = []
    for await (const batch of this.bus.read({ topic, partitions })) records.push(...batch)
    return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  async values(topic: string): Promise<string[]> {
    return (await this.all(topic)).map(({ value }) => String(value))
  }
}

/** `count` records with values `prefix0`, `prefix1`, …, a second apart. */
export function numbered(count: number, prefix = '', more: Partial<OutRecord> & { start?: number } = {}): OutRecord[] {
  const { start = 1_700_000_000_000, ...rest } = more
  return Array.from({ length: count }, (_, i) => ({ key: null, value: `${prefix}${i}`, timestamp: start + i * 1_000, ...rest }))
}

/** Keeps what it gets. `onFlush` can hold it up, `closeAfter` ends it as a reader that left. */
export class MemorySink implements RecordSink {
  readonly records: BusRecord[] = []
  readonly flushed: number[] = []
  pending = 0
  closeAfter = Number.POSITIVE_INFINITY
  onFlush: () => Promise<void> | void = () => {}

  get closed(): boolean {
    return this.records.length >= this.closeAfter
  }

  get values(): string[] {
    return this.records.map(({ value }) => String(value))
  }

  add(batch: RecordBatch, i: number): void {
    this.records.push(batch.record(i))
    this.pending += batch.value(i)?.length ?? 0
  }

  async flush(): Promise<void> {
    if (this.pending > 0) this.flushed.push(this.pending)
    this.pending = 0
    await this.onFlush()
  }
}

/** Change a byte of `text` wherever an embedded bus that nobody has open stores it (pages no longer in use hold older copies). */
export function damageStored(directory: string, text: string): void {
  const file = join(directory, 'data.mdb')
  const data = readFileSync(file)
  for (let at = data.indexOf(text); at >= 0; at = data.indexOf(text, at)) data[at] = (data[at] ?? 0) ^ 1
  writeFileSync(file, data)
}

/** A clock that stands still but for sleeping, which takes no time. */
export class TestClock implements Clock {
  readonly slept: number[] = []
  #now: number

  constructor(now = Date.parse('2026-03-01T12:00:00Z')) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms)
    this.#now += ms
  }
}

export const never = new AbortController().signal

/** The code of what the promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

/** Resolves once `holds`; fails with what it was waiting for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = PATIENCE): Promise<void> {
  const end = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still waiting after ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
