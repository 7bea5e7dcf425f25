import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { plural } from '../../../base/plural.ts'
import type { Bus } from '../../../bus/bus.ts'
import type { LibrenmsDoorbell } from '../../../events/index.ts'
import type { Metrics } from '../../metrics.ts'
import { type AlertCall, parseAlertCall } from './alert-call.ts'
import type { DoorbellLog } from './doorbell-log.ts'
import { parseOutboxRows } from './outbox-rows.ts'
import { Remembered } from './remembered.ts'
import { callKey, ringsBefore } from './rings-before.ts'
import { carriesSecret } from './secret.ts'
import { verifySigned } from './signature.ts'

export interface ReceiverOptions {
  /** Which LibreNMS calls, where there are several. */
  instance?: string | undefined
  /** Of the alert transport; absent: that address is not there. */
  alertSecret?: string | undefined
  /** Of the plugin; absent: that address is not there. */
  pluginSecret?: string | undefined
  log: DoorbellLog
  /** Told of an alert that rang, to read what became of it. */
  onAlert?: (alertId: number) => void
  clock: Clock
  metrics: Metrics
  logger: Logger
}

/** What is answered: no more than the caller needs, since LibreNMS writes a refusal's text into its event log. */
export interface Reply {
  status: number
  body: Record<string, unknown>
}

/** Keys and calls that are remembered. */
const MOST_REMEMBERED = 20_000

/** A refusal is logged the first time, then every so many times. */
const SAMPLE_EVERY = 100

/** What the calls of LibreNMS become: rings on the bus. Without HTTP, so that every way in is the same. */
export class Receiver {
  readonly #options: ReceiverOptions
  readonly #batches = new Remembered(MOST_REMEMBERED)
  readonly #calls = new Remembered(MOST_REMEMBERED)
  /** Batches that are being written: the same one sent again meanwhile gets the answer of the first. */
  readonly #underway = new Map<string, Promise<Reply>>()
  #refusals = 0

  constructor(options: ReceiverOptions) {
    this.#options = options
  }

  /** Learn from the topic what was taken before a restart. */
  async remember(bus: Bus, signal: AbortSignal): Promise<void> {
    for await (const { batchKey, call } of ringsBefore(bus, this.#options.instance, signal)) {
      if (batchKey !== undefined) this.#batches.add(batchKey)
      if (call !== undefined) this.#calls.add(call)
    }
  }

  /** A call of LibreNMS's alert transport. @param body its body, or the query where it came by GET */
  async alert(headers: IncomingHttpHeaders, body: Buffer): Promise<Reply> {
    const { alertSecret, metrics, logger } = this.#options
    if (alertSecret === undefined) return NOT_HERE
    if (!carriesSecret(headers, alertSecret))
      return this.#refused(401, 'an alert call came without the secret', 'the secret is missing or wrong')
    const call = parseAlertCall(body.toString())
    if (!call) {
      // Not kept: a template with {{ $faults }} has SNMP secrets in it.
      metrics.add('malformed')
      return this.#refused(
        422,
        'an alert call names neither alert_id nor device_id: its template is not ours',
        'alert_id or device_id is missing',
      )
    }
    if (call.test) {
      metrics.add('tests')
      logger.info('the test button of the alert transport was pressed: its calls arrive')
      return { status: 200, body: { status: 'ok', test: true } }
    }
    const key = callKey(call.uid, call.state)
    if (call.uid !== '' && this.#calls.has(key)) {
      metrics.add('duplicates')
      return { status: 200, body: { status: 'ok', duplicate: true } }
    }
    const written = await this.#write([this.#ringOf(call)])
    if (written) return written
    if (call.uid !== '') this.#calls.add(key)
    if (call.alertId !== undefined) this.#options.onAlert?.(call.alertId)
    return { status: 200, body: { status: 'ok', rings: 1 } }
  }

  /** A signed batch of our plugin. */
  async plugin(headers: IncomingHttpHeaders, body: Buffer): Promise<Reply> {
    const { pluginSecret, clock } = this.#options
    if (pluginSecret === undefined) return NOT_HERE
    const signed = verifySigned(headers, body, pluginSecret, clock.now())
    if (!signed.ok) return this.#refused(signed.status, `a batch of the plugin is refused: ${signed.why}`, signed.why)
    const { key } = signed
    const before = this.#underway.get(key)
    if (before) return before
    const reply = this.#take(key, body)
    this.#underway.set(key, reply)
    try {
      return await reply
    } finally {
      this.#underway.delete(key)
    }
  }

  async #take(key: string, body: Buffer): Promise<Reply> {
    const { instance, clock, metrics, logger } = this.#options
    if (this.#batches.has(key)) {
      metrics.add('duplicates')
      return { status: 200, body: { status: 'ok', duplicate: true } }
    }
    const { rings, bad } = parseOutboxRows(body.toString(), { instance, batchKey: key, now: clock.now() })
    if (bad.length > 0) {
      metrics.add('malformed', bad.length)
      logger.warn(`${plural(bad.length, 'row')} of the plugin cannot be used, the first because ${bad[0]?.why}; in librenms_doorbell.dlq`)
    }
    const written = await this.#write(rings, bad)
    if (written) return written
    this.#batches.add(key)
    metrics.add('batches')
    return { status: 200, body: { status: 'ok', rings: rings.length, malformed: bad.length } }
  }

  /** @returns the reply when it did not come to it */
  async #write(...[rings, bad]: Parameters<DoorbellLog['write']>): Promise<Reply | undefined> {
    const { log, metrics, logger } = this.#options
    try {
      await log.write(rings, bad)
      metrics.add('rings', rings.length)
      return undefined
    } catch (error) {
      metrics.add('failures')
      logger.error(`rings of LibreNMS cannot be written to the bus: ${messageOf(error)}`)
      return { status: 503, body: { status: 'error', message: 'the bus does not take it now' } }
    }
  }

  #ringOf({ uid, alertId, deviceId, ruleId, state }: AlertCall): LibrenmsDoorbell {
    const { instance, clock } = this.#options
    return {
      event_time: new Date(clock.now()).toISOString(),
      device_id: deviceId ?? 0,
      ...(instance !== undefined && { instance }),
      rung_by: 'webhook',
      about: 'alert',
      ...(alertId !== undefined && { alert_id: alertId }),
      ...(ruleId !== undefined && { rule_id: ruleId }),
      ...(state !== undefined && { alert_state: state }),
      ...(uid !== '' && { alert_uid: uid }),
    }
  }

  #refused(status: number, said: string, message: string): Reply {
    this.#options.metrics.add('refused')
    if (this.#refusals++ % SAMPLE_EVERY === 0) this.#options.logger.warn(said)
    return { status, body: { status: 'error', message } }
  }
}

const NOT_HERE: Reply = { status: 404, body: { status: 'error', message: 'there is nothing here' } }
