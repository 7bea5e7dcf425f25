import type { OutRecord } from '../../../bus/bus.ts'
import type { EventRecord } from '../../../events/index.ts'

/** What the records of one stream have in common. */
export interface RecordTemplate {
  /** A record as the vocabulary makes it, with the stream's key and headers. */
  record: EventRecord
  /** Where in its headers those of each record's own are. */
  idAt: number
  timeAt: number
  /** Begins the ids of the stream. */
  epoch: number
}

/**
 * A record that makes its headers when it is asked for them. Records wait for the bus by the thousand, and what waits is what the garbage
 * collector copies: seven headers are more than all the rest. Copies by `...` have no headers; nothing on the way to a bus makes any.
 */
export class TelemetryRecord implements OutRecord {
  readonly key: string
  readonly value: Buffer
  readonly timestamp: number
  readonly #template: RecordTemplate
  readonly #sequence: number
  readonly #eventTime: string

  /** @param timestamp ms since the epoch @param eventTime the same as text @param sequence of the record in its epoch, from 1 */
  constructor(template: RecordTemplate, value: Buffer, timestamp: number, eventTime: string, sequence: number) {
    this.key = template.record.key
    this.value = value
    this.timestamp = timestamp
    this.#template = template
    this.#sequence = sequence
    this.#eventTime = eventTime
  }

  get headers(): EventRecord['headers'] {
    const { record, idAt, timeAt, epoch } = this.#template
    const headers = record.headers.slice()
    headers[idAt] = ['ce_id', `${epoch}-${this.#sequence}`]
    headers[timeAt] = ['ce_time', this.#eventTime]
    return headers
  }
}
