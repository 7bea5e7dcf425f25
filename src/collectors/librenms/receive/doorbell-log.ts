import type { Clock } from '../../../base/clock.ts'
import type { Bus, OutRecord } from '../../../bus/bus.ts'
import { dlqRecord, dlqTopic, type LibrenmsDoorbell, toRecord } from '../../../events/index.ts'
import type { BadRow } from './outbox-rows.ts'

export const DOORBELL_TOPICS = ['librenms_doorbell', 'librenms_doorbell.dlq']

/** What is kept of a line that cannot be used, characters. */
const MOST_KEPT = 2_000

/**
 * Writes rings to the bus, those of one call together or not at all: a batch that was half written and then sent again after a restart would
 * be taken for known, and its other half would be lost.
 */
export class DoorbellLog {
  readonly #bus: Pick<Bus, 'transact'>
  readonly #clock: Clock
  readonly #source: string
  readonly #id: string
  #last: Promise<unknown> = Promise.resolve()

  /** @param writer of this receiver alone: another of the same name fences this one */
  constructor(bus: Pick<Bus, 'transact'>, clock: Clock, { source, writer }: { source: string; writer: string }) {
    this.#bus = bus
    this.#clock = clock
    this.#source = source
    this.#id = writer
  }

  /** Resolves once they are on the bus. One write after the other, in the order of the calls. */
  write(rings: readonly LibrenmsDoorbell[], bad: readonly BadRow[] = []): Promise<void> {
    const appends = [
      { topic: 'librenms_doorbell', records: rings.map((ring) => toRecord('librenms_doorbell', ring, this.#identity(ring))) },
      { topic: dlqTopic('librenms_doorbell'), records: bad.map((row) => this.#letter(row)) },
    ].filter(({ records }) => records.length > 0)
    if (appends.length === 0) return Promise.resolve()
    const written = this.#last.then(() => this.#bus.transact({ id: this.#id, appends }))
    this.#last = written.catch(() => {})
    return written.then(() => {})
  }

  #identity(ring: LibrenmsDoorbell): { source: string; id?: string } {
    const id = ring.batch_key === undefined ? undefined : `${ring.batch_key}:${ring.outbox_id ?? ring.about}`
    return { source: this.#source, ...(id !== undefined && { id }) }
  }

  #letter({ line, why }: BadRow): OutRecord {
    const reason = { code: 'SHITOPS_E_RECORD_INVALID', message: `a row of the plugin: ${why}` }
    return dlqRecord('librenms_doorbell', { value: line.slice(0, MOST_KEPT) }, reason, this.#clock.now())
  }
}
