import type { Advertisement } from '../advertisement.ts'
import { readAdStructures } from '../decode/ad-structures.ts'
import type { HciReport } from '../decode/hci-report.ts'

/** Bits 5 and 6 of an extended report's event type (Core Spec Vol 4 Part E 7.7.65.13): how much of the data it holds. */
const DATA_STATUS = 0x60
const MORE_TO_COME = 0x20

/** Senders whose data is being put together; beyond that the oldest are given up. */
const MOST_UNFINISHED = 64
/** Most data that an advertisement has, in all its parts (Core Spec Vol 6 Part B 2.3.4.9). */
const MOST_DATA = 1_650

/**
 * Puts together the data of extended advertisements that come in several reports. A part read alone would begin in the middle of an AD
 * structure and give nonsense.
 */
export class ReportAssembler {
  readonly #unfinished = new Map<string, Uint8Array>()

  /** The report with all of its data, or null: more is to come, or the rest was lost. */
  take(report: HciReport): HciReport | null {
    const status = report.advType & DATA_STATUS
    if (status === 0 && this.#unfinished.size === 0) return report
    const before = this.#unfinished.get(report.address)
    this.#unfinished.delete(report.address)
    if (status === 0) return before ? { ...report, data: Buffer.concat([before, report.data]) } : report
    if (status === MORE_TO_COME) this.#keep(report.address, Buffer.concat(before ? [before, report.data] : [report.data]))
    return null
  }

  #keep(address: string, data: Buffer): void {
    if (data.length > MOST_DATA) return
    this.#unfinished.set(address, data)
    if (this.#unfinished.size <= MOST_UNFINISHED) return
    for (const oldest of this.#unfinished.keys()) {
      this.#unfinished.delete(oldest)
      return
    }
  }
}

/** One advertisement per piece of manufacturer data, copied out of the report's buffer; none for a report without. */
export function advertisementsOf(report: HciReport, timestamp: number, receiver: string): Advertisement[] {
  const { address, addressType, rssi } = report
  return readAdStructures(report.data).manufacturerData.map((data) => ({
    timestamp,
    address,
    addressType,
    rssi,
    manufacturerData: Buffer.from(data),
    receiver,
  }))
}
