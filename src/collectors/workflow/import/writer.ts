import type { OutRecord } from '../../../bus/bus.ts'
import { type DeadLetterReason, dlqRecord, dlqTopic, toRecordFromJson } from '../../../events/index.ts'
import type { CollectorContext } from '../../collector.ts'
import { IMPORT_SOURCE } from './identity.ts'
import type { Waiting } from './time-sorter.ts'

const TOPIC = 'workflow_events'
const BATCH_RECORDS = 2_000
const BATCH_BYTES = 1 << 20
/** A problem is said once, then every so many times. */
const SAMPLE_EVERY = 1_000

/** Records that become visible together. */
export type Appends = ReadonlyArray<{ topic: string; records: readonly OutRecord[] }>

/** Gathers records and dead letters, and writes them together. Counts `published`, of those `written` (events), and `malformed`. */
export class ImportWriter {
  readonly #context: Pick<CollectorContext<unknown>, 'clock' | 'metrics' | 'logger'>
  readonly #write: (appends: Appends) => Promise<void>
  #events: OutRecord[] = []
  #letters: OutRecord[] = []
  #bytes = 0
  #problems = 0

  constructor(context: Pick<CollectorContext<unknown>, 'clock' | 'metrics' | 'logger'>, write: (appends: Appends) => Promise<void>) {
    this.#context = context
    this.#write = write
  }

  get full(): boolean {
    return this.#events.length + this.#letters.length >= BATCH_RECORDS || this.#bytes >= BATCH_BYTES
  }

  get empty(): boolean {
    return this.#events.length + this.#letters.length === 0
  }

  add({ time, id, key, json }: Waiting): void {
    this.#events.push(toRecordFromJson(TOPIC, key, json, new Date(time).toISOString(), { source: IMPORT_SOURCE, id }))
    this.#bytes += json.length
  }

  /** @param where for the log @param id undefined: it is in the dead-letter topic already */
  malformed(reason: DeadLetterReason, where: string, letter: { id: string; value: string } | undefined): void {
    this.#context.metrics.add('malformed')
    if (this.#problems++ % SAMPLE_EVERY === 0) this.#context.logger.warn(`${where}: ${reason.message}`)
    if (!letter) return
    const headers: Array<readonly [string, string]> = [
      ['ce_id', letter.id],
      ['ce_source', IMPORT_SOURCE],
    ]
    this.#letters.push(dlqRecord(TOPIC, { value: letter.value, headers }, reason, this.#context.clock.now()))
    this.#bytes += letter.value.length
  }

  async flush(): Promise<void> {
    if (this.empty) return
    const [events, letters] = [this.#events, this.#letters]
    this.#events = []
    this.#letters = []
    this.#bytes = 0
    await this.#write([
      ...(events.length > 0 ? [{ topic: TOPIC, records: events }] : []),
      ...(letters.length > 0 ? [{ topic: dlqTopic(TOPIC), records: letters }] : []),
    ])
    this.#context.metrics.add('published', events.length + letters.length)
    this.#context.metrics.add('written', events.length)
  }
}
