import type { Clock } from '../../../base/clock.ts'
import { messageOf, ShitopsError } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { plural } from '../../../base/plural.ts'
import type { OutRecord } from '../../../bus/bus.ts'
import type { Sink } from '../../collector.ts'

/** What the bus says when it may take the same records later. */
const PASSING: ReadonlySet<string> = new Set(['SHITOPS_E_BUS_BUSY', 'SHITOPS_E_BUS_UNAVAILABLE', 'SHITOPS_E_BUS_FULL'])
const FIRST_WAIT = 500
const LAST_WAIT = 10_000

interface Batch {
  records: OutRecord[]
  bytes: number
}

/** Records by topic, on their way to a bus that may be away for a while: nothing is given up that may still be written. */
export class Batches {
  readonly #bus: Sink
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #signal: AbortSignal
  #waiting = new Map<string, Batch>()
  #pending = 0

  constructor({ bus, clock, logger, signal }: { bus: Sink; clock: Clock; logger: Logger; signal: AbortSignal }) {
    this.#bus = bus
    this.#clock = clock
    this.#logger = logger
    this.#signal = signal
  }

  /** Bytes of values added and not yet acknowledged. */
  get pending(): number {
    return this.#pending
  }

  add(topic: string, record: OutRecord): void {
    let batch = this.#waiting.get(topic)
    if (!batch) {
      batch = { records: [], bytes: 0 }
      this.#waiting.set(topic, batch)
    }
    const bytes = record.value?.length ?? 0
    batch.records.push(record)
    batch.bytes += bytes
    this.#pending += bytes
  }

  /**
   * Write what was added, per topic in the order added. While the bus is away it is asked again and again, until the signal aborts.
   * @returns how many records were written
   * @throws what the bus says where that will not pass
   */
  async flush(): Promise<number> {
    const batches = this.#waiting
    this.#waiting = new Map()
    let written = 0
    await Promise.all(
      [...batches].map(async ([topic, { records, bytes }]) => {
        await this.#append(topic, records)
        this.#pending -= bytes
        written += records.length
      }),
    )
    return written
  }

  async #append(topic: string, records: readonly OutRecord[]): Promise<void> {
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LAST_WAIT)) {
      // Once more after the signal: what was taken is written if it can be.
      const last = this.#signal.aborted
      try {
        await this.#bus.append(topic, records)
        return
      } catch (error) {
        if (last || !(error instanceof ShitopsError) || !PASSING.has(error.code)) throw error
        this.#logger.warn(
          `${plural(records.length, 'record')} for ${topic} ${records.length === 1 ? 'waits' : 'wait'}: ${messageOf(error)}`,
        )
      }
      await this.#clock.sleep(wait, this.#signal)
    }
  }
}
