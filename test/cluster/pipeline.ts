import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../src/base/errors.ts'
import type { Logger } from '../../src/base/log.ts'
import type { Bus, RecordBatch } from '../../src/bus/bus.ts'
import type { OpenBusOptions } from '../../src/bus/open.ts'
import { isSpooling } from '../../src/bus/spool/is-spooling.ts'
import { runSql } from '../../src/cli/analyze/sql.ts'
import { removeDirectory, temporaryDirectory } from '../bus/embedded/support.ts'
import { safeTopic } from '../bus/kafka/support.ts'
import { Gaps } from './ledger.ts'
import { isRight, Tally, type TallyCounts } from './tally.ts'

export const COLLECTED = 6
/** Processes that run the job: one has a query, the other the other, and each takes over where the other fails. */
const MEMBERS = 2
const RESTART_MS = 500
/** Which partition is idle would be up to the machine's clock; and the longest gap is to be one of the brokers. */
const IDLE_TIMEOUT_MS = 3_600_000

export interface PipelineOptions {
  topic(name: string): string
  open(url?: Readonly<Record<string, string>>, options?: OpenBusOptions): Promise<Bus>
  signal: AbortSignal
  /** Told whenever a part of it had to begin again, and why. */
  onTrouble(what: string): void
}

/**
 * What shitops is run for, end to end: a collector with its spool writes the topic `collected`; a job of two streaming queries, as
 * `shitops analyze sql --job` runs it, counts and adds up what is there, by key (`counted`) and by the second (`windowed`), with its state and
 * its place in the input committed with each result.
 */
export class Pipeline {
  /** Of the results as they are read, by partition. */
  readonly gaps: Gaps
  readonly tally = new Tally(COLLECTED)
  readonly #options: PipelineOptions
  readonly #spool = temporaryDirectory()
  readonly #reader: Bus
  /** Of the results' reader. */
  readonly #positions = new Map<string, number>()
  #collector: Bus | undefined
  #working: Promise<unknown> = Promise.resolve()
  #failure: unknown

  private constructor(options: PipelineOptions, reader: Bus) {
    this.#options = options
    this.#reader = reader
    this.gaps = new Gaps([...Array.from({ length: COLLECTED }, (_, i) => `counted/${i}`), 'windowed/0'])
  }

  /** @param reader on which the results are read; the caller closes it */
  static async begin(options: PipelineOptions, reader: Bus): Promise<Pipeline> {
    const pipeline = new Pipeline(options, reader)
    const { topic, open } = options
    for (const [name, partitions] of Object.entries({ collected: COLLECTED, counted: COLLECTED, windowed: 1 }))
      await safeTopic(reader, topic(name), partitions)
    pipeline.#collector = await open({ spool: pipeline.#spool }, { spool: 'scan' })
    const members = Array.from({ length: MEMBERS }, () => pipeline.#member())
    const reading = [pipeline.#read('counted', COLLECTED), pipeline.#read('windowed', 1)]
    pipeline.#working = Promise.all([...members, ...reading]).catch((error: unknown) => {
      pipeline.#failure ??= error
    })
    return pipeline
  }

  /** With its spool, which has what the brokers do not have yet. */
  get collector(): Bus {
    if (!this.#collector) throw new Error('the collector has not begun')
    return this.#collector
  }

  get failure(): unknown {
    return this.#failure
  }

  /** Every input that was read is in the results once. */
  get settled(): boolean {
    return isRight(this.tally.compare())
  }

  /** What of the results is not as it must be, read again from the beginning. */
  async audit(bus: Bus): Promise<TallyCounts> {
    const tally = new Tally(COLLECTED)
    for (const name of ['collected', 'counted', 'windowed']) {
      const topic = this.#options.topic(name)
      const partitions = (await bus.offsets(topic)).map(({ partition }) => ({ partition, from: 0 }))
      for await (const batch of bus.read({ topic, partitions })) tell(tally, name, batch)
    }
    return tally.compare()
  }

  /** What the collector wrote, and the brokers will never have. */
  async spool(): Promise<{ dropped: number; refused: number }> {
    const { collector } = this
    if (!isSpooling(collector)) throw new Error('the collector has no spool')
    const { dropped, refused } = await collector.stats()
    return { dropped, refused }
  }

  /** For a look at what is stuck: how far the queries have committed, and how much of their results has been read. */
  async standing(bus: Bus): Promise<string[]> {
    const places: string[] = []
    for (const name of ['counted', 'windowed'] as const) {
      const topic = this.#options.topic(name)
      const { offsets } = await bus.describeGroup(`${this.#options.topic('job')}/${topic}`)
      for (const { partition, committed, lag } of offsets)
        places.push(`${name} has taken collected/${partition} to ${committed}, lag ${lag}`)
      for (const { partition, latest } of await bus.offsets(topic))
        places.push(`${name}/${partition} read to ${this.#positions.get(`${name}/${partition}`) ?? 0} of ${latest}`)
    }
    return places
  }

  async close(): Promise<void> {
    await this.#collector?.close()
    await this.#working
    removeDirectory(this.#spool)
  }

  /** As a process that its supervisor starts again whenever it ends. */
  async #member(): Promise<void> {
    const { signal, onTrouble, topic } = this.#options
    const warn = (message: string) => onTrouble(`job: ${message}`)
    const logger: Logger = { debug() {}, info() {}, warn, error: warn }
    while (!signal.aborted) {
      const opened: Bus[] = []
      const open = async () => {
        const bus = await this.#options.open()
        opened.push(bus)
        return bus
      }
      try {
        await runSql(
          {
            ...{ text: scriptFor(topic), inputs: new Map(), output: 'ndjson', untilEnd: false, start: 'earliest' },
            ...{ job: topic('job'), idleTimeout: IDLE_TIMEOUT_MS },
          },
          { open, rows: process.stdout, stdout: process.stdout, logger, signal, columns: undefined },
        )
      } catch (error) {
        onTrouble(`job ended: ${messageOf(error)}`)
        await sleep(RESTART_MS)
      } finally {
        for (const bus of opened) await bus.close()
      }
    }
  }

  async #read(name: 'counted' | 'windowed', count: number): Promise<void> {
    const partitions = Array.from({ length: count }, (_, partition) => ({ partition, from: 0 }))
    const { signal, topic } = this.#options
    for await (const batch of this.#reader.read({ topic: topic(name), partitions, follow: true, signal })) {
      tell(this.tally, name, batch)
      this.#positions.set(`${name}/${batch.partition}`, batch.nextOffset)
      // A result has the time of the input that brought it about.
      if (batch.count > 0) this.gaps.note(`${name}/${batch.partition}`, batch.timestamp(batch.count - 1))
    }
  }
}

/** Takes the records of a batch of one of the three topics into a tally. */
export function tell(tally: Tally, name: string, batch: RecordBatch): void {
  for (let i = 0; i < batch.count; i++) {
    const { k, number, at, n, total } = JSON.parse(String(batch.value(i)))
    if (name === 'collected') tally.input(batch.partition, k, number, at)
    else if (name === 'counted') tally.row(k, { n, total })
    else tally.window(at, { n, total })
  }
}

/** As one unit a query: in a part for each partition there would be twelve transactions at work, on a machine of two cores. */
function scriptFor(topic: (name: string) => string): string {
  const kafka = (name: string) => `'connector' = 'kafka', 'topic' = '${topic(name)}', 'format' = 'json'`
  // An append of the collector has one time for all its records: the next may have that of the last one, and must not be late.
  return `SET 'shitops.job.split' = 'false';
CREATE TABLE collected (k STRING, number BIGINT, \`at\` BIGINT, ts AS TO_TIMESTAMP_LTZ(\`at\`, 3), WATERMARK FOR ts AS ts - INTERVAL '0.001' SECOND) WITH (${kafka('collected')});
CREATE TABLE counted (k STRING, n BIGINT, total BIGINT, PRIMARY KEY (k) NOT ENFORCED)
  WITH ('connector' = 'upsert-kafka', 'topic' = '${topic('counted')}', 'key.format' = 'raw', 'value.format' = 'json');
INSERT INTO counted SELECT k, COUNT(*), SUM(number) FROM collected GROUP BY k;
CREATE TABLE windowed (\`at\` BIGINT, n BIGINT, total BIGINT) WITH (${kafka('windowed')});
INSERT INTO windowed SELECT MIN(\`at\`), COUNT(*), SUM(number)
  FROM TABLE(TUMBLE(TABLE collected, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY window_start, window_end;`
}
