import type { Logger } from '../../base/log.ts'
import { MAX_ADVANCE_KEY } from '../../query/plan/settings.ts'
import type { BadRecord, Jump } from '../../query/run/bus-job.ts'

/** What a run has counted. */
export interface SqlSummary {
  records: number
  bad: number
  late: number
  /** Records too far ahead of their partition to move its watermark. */
  jumps: number
}

/** What a run counts, and says of the first of each kind. */
export class SqlCounts {
  readonly summary: SqlSummary = { records: 0, bad: 0, late: 0, jumps: 0 }
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Records that are far ahead of their partition are counted, and the first of them shown. */
  jump({ topic, partition, mark, current }: Jump): void {
    if (this.summary.jumps++ >= 5) return
    const ahead = `its time is ${new Date(mark).toISOString()}, and the partition is at ${new Date(current).toISOString()}`
    this.#logger.warn(`${topic}/${partition}: a record does not move the watermark: ${ahead} (SET '${MAX_ADVANCE_KEY}')`)
  }

  badRecord({ topic, partition, offset, reason }: BadRecord): undefined {
    this.bad(`${topic}/${partition} offset ${offset}`, reason)
  }

  /** Bad input is counted, and the first of it shown. */
  bad(place: string, reason: string): void {
    if (this.summary.bad < 5) this.#logger.warn(`${place}: a record cannot be read and is left out: ${reason}`)
    this.summary.bad++
  }
}
