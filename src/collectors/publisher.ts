import type { OutRecord } from '../bus/bus.ts'
import type { EventOf, TopicName } from '../events/event-types.ts'
import { type DeadLetter, type DeadLetterReason, dlqRecord, dlqTopic, toRecord } from '../events/index.ts'
import type { CollectorContext } from './collector.ts'

/** A problem of this kind is said once, then every so many times. */
const SAMPLE_EVERY = 1_000

/** Collects the records of one batch of input and writes them together. Counts `published` and `malformed`. */
export class Publisher {
  readonly #context: Pick<CollectorContext<unknown>, 'bus' | 'clock' | 'metrics' | 'logger'>
  readonly #source: string
  #waiting = new Map<string, OutRecord[]>()
  #problems = 0

  /** @param source CloudEvents source of every record, `/ble/rx-2` */
  constructor(context: Pick<CollectorContext<unknown>, 'bus' | 'clock' | 'metrics' | 'logger'>, source: string) {
    this.#context = context
    this.#source = source
  }

  /** @param id unique in the source where the input has an id of its own */
  add<T extends TopicName>(topic: T, event: EventOf<T>, id?: string): void {
    this.#push(topic, toRecord(topic, event, { source: this.#source, ...(id !== undefined && { id }) }))
  }

  /** Input that cannot be used: counted, sampled to the log, and kept, unless there is nothing that may be kept (`letter` absent). */
  malformed(topic: TopicName, reason: DeadLetterReason, letter?: DeadLetter): void {
    this.#context.metrics.add('malformed')
    if (this.#problems++ % SAMPLE_EVERY === 0) this.#context.logger.warn(`${this.#source}: ${reason.message}`)
    if (letter) this.#push(dlqTopic(topic), dlqRecord(topic, letter, reason, this.#context.clock.now()))
  }

  /** Write what was added since the last flush; per topic in the order added. */
  async flush(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = new Map()
    await Promise.all(
      [...batch].map(async ([topic, records]) => {
        await this.#context.bus.append(topic, records)
        this.#context.metrics.add('published', records.length)
      }),
    )
  }

  #push(topic: string, record: OutRecord): void {
    const records = this.#waiting.get(topic)
    if (records) records.push(record)
    else this.#waiting.set(topic, [record])
  }
}
