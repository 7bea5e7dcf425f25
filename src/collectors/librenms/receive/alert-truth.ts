import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { type LibrenmsAlert, toRecord } from '../../../events/index.ts'
import type { Sink } from '../../collector.ts'
import type { Metrics } from '../../metrics.ts'
import type { LibrenmsApi } from '../client/api.ts'
import type { OffsetAt } from '../client/zone.ts'
import { decodeAlert } from '../decode/alert.ts'

export interface AlertTruthOptions {
  api: Pick<LibrenmsApi, 'alert'>
  bus: Sink
  instance?: string | undefined
  zone: OffsetAt
  /** An alias or a keyed hash of a person's name. */
  person(name: string): string
  clock: Clock
  signal: AbortSignal
  metrics: Metrics
  logger: Logger
}

const SOURCE = '/librenms/receive'
const FIRST_WAIT = 1_000
const LONGEST_WAIT = 60_000
const ATTEMPTS = 10

/**
 * What became of an alert that rang, read over the API and put on `librenms_alerts`: for a receiver that runs without a sync. An alert that
 * rings again while it is being read is read once more afterwards, so that the last word is never older than the last ring.
 */
export class AlertTruth {
  readonly #options: AlertTruthOptions
  /** True: it rang meanwhile. */
  readonly #reading = new Map<number, boolean>()
  readonly #running = new Set<Promise<void>>()

  constructor(options: AlertTruthOptions) {
    this.#options = options
  }

  rang(alertId: number): void {
    if (this.#reading.has(alertId)) {
      this.#reading.set(alertId, true)
      return
    }
    this.#reading.set(alertId, false)
    const running = this.#readAll(alertId).finally(() => {
      this.#reading.delete(alertId)
      this.#running.delete(running)
    })
    this.#running.add(running)
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async #readAll(alertId: number): Promise<void> {
    const { clock, signal, metrics, logger } = this.#options
    let wait = FIRST_WAIT
    for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; ) {
      this.#reading.set(alertId, false)
      try {
        await this.#read(alertId)
        if (!this.#reading.get(alertId)) return
        attempt = 1
      } catch (error) {
        if (signal.aborted) return
        if (attempt++ === ATTEMPTS) {
          metrics.add('unread')
          logger.error(`alert ${alertId} rang, and cannot be read: ${messageOf(error)}; librenms sync will find it`)
          return
        }
        await clock.sleep(wait, signal)
        wait = Math.min(wait * 2, LONGEST_WAIT)
      }
    }
  }

  async #read(alertId: number): Promise<void> {
    const { api, bus, instance, zone, person, clock, metrics, logger } = this.#options
    const row = await api.alert(alertId)
    if (!row) {
      // Deleted with its device or its rule; who may say so is the sync, which has proof.
      metrics.add('gone')
      return
    }
    const alert = decodeAlert(row, { instance, zone, person, own: new Set() }, undefined)
    if (typeof alert === 'string') {
      metrics.add('malformed')
      logger.warn(`alert ${alertId} cannot be used: ${alert}`)
      return
    }
    const event: LibrenmsAlert = { event_time: new Date(clock.now()).toISOString(), ...alert }
    await bus.append('librenms_alerts', [toRecord('librenms_alerts', event, { source: SOURCE })])
    metrics.add('published')
  }
}
