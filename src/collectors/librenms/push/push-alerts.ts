import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { Bus, BusRecord, RecordBatch } from '../../../bus/bus.ts'
import { type Alert, type LibrenmsCommand, toRecord, type Validator, validatorOf } from '../../../events/index.ts'
import type { Metrics } from '../../metrics.ts'
import type { PushApi } from './action.ts'
import { type AlertAction, commandsOf, deviceNamedBy } from './alert-commands.ts'
import { isApiFailure, passes } from './failures.ts'
import { groupOf } from './push.ts'
import { isObject } from './rows.ts'

export interface PushAlertsOptions {
  bus: Bus
  api: Pick<PushApi, 'call'>
  instance?: string | undefined
  actions: ReadonlySet<AlertAction>
  write: boolean
  clock: Clock
  signal: AbortSignal
  metrics: Metrics
  logger: Logger
}

const SOURCE = '/librenms/push/alerts'
const RETRY = 5_000

/** Names of devices that were looked up, and those that LibreNMS does not have. */
const MOST_NAMES = 10_000

/**
 * Turn alerts of shitops that begin or end to fire into commands on `librenms_commands`, where they are done and answered as any other. Alerts
 * from before the first start are left alone. Counts `alerts`, `commands`, `alerts_without_device`.
 */
export async function pushAlerts(options: PushAlertsOptions): Promise<void> {
  const { bus, instance, write, signal } = options
  const group = `${groupOf(instance, write)}-alerts`
  const source = new AlertSource(options, await validatorOf('alerts'))
  await bus.consume({
    group,
    topics: ['alerts'],
    start: 'latest',
    signal,
    onBatch: async (batch: RecordBatch, claim) => {
      const commands: LibrenmsCommand[] = []
      for (const record of batch) {
        const made = await source.commands(record)
        if (made === 'stopped') return
        commands.push(...made)
        await claim.heartbeat()
      }
      const records = commands.map((command) => toRecord('librenms_commands', command, { source: SOURCE, id: command.command_id }))
      await bus.transact({
        id: `${group}-${batch.partition}`,
        appends: [{ topic: 'librenms_commands', records }],
        offsets: { group, commits: [{ topic: batch.topic, partition: batch.partition, offset: batch.nextOffset }], claim },
      })
      options.metrics.add('commands', commands.length)
    },
  })
}

class AlertSource {
  readonly #options: PushAlertsOptions
  readonly #validate: Validator | null
  readonly #devices = new Map<string, number | undefined>()
  /** The state that gave the last commands, by fingerprint: a confirmation of it gives none. */
  readonly #told = new Map<string, string>()

  constructor(options: PushAlertsOptions, validate: Validator | null) {
    this.#options = options
    this.#validate = validate
  }

  async commands({ value }: BusRecord): Promise<LibrenmsCommand[] | 'stopped'> {
    const { instance, actions, write, clock, metrics, logger } = this.#options
    if (value === null || this.#validate?.(value)) return []
    const alert = JSON.parse(value.toString()) as Alert
    const state = `${alert.incident}/${alert.status}/${alert.severity}`
    if (alert.status === 'pending' || this.#told.get(alert.fingerprint) === state) return []
    metrics.add('alerts')
    const named = deviceNamedBy(alert)
    const device = named === undefined ? undefined : 'id' in named ? named.id : await this.#lookUp(named.name)
    if (device === 'stopped') return 'stopped'
    if (device === undefined) {
      metrics.add('alerts_without_device')
      logger.debug(`alert ${alert.fingerprint} is about no device of LibreNMS: ${alert.subject}`)
      return []
    }
    this.#told.delete(alert.fingerprint)
    this.#told.set(alert.fingerprint, state)
    forgetOldest(this.#told)
    return commandsOf(alert, { device, instance, actions, dryRun: !write, now: clock.now() })
  }

  /** The id of a host name; while LibreNMS cannot say, it is waited for. */
  async #lookUp(name: string): Promise<number | undefined | 'stopped'> {
    if (this.#devices.has(name)) return this.#devices.get(name)
    const { api, clock, signal, logger } = this.#options
    for (;;) {
      if (signal.aborted) return 'stopped'
      try {
        const { ok, status, body } = await api.call('GET', `/devices/${encodeURIComponent(name)}`)
        if (!ok && status !== 404) return undefined
        const [row] = ok && isObject(body) && Array.isArray(body.devices) ? body.devices : []
        const id = isObject(row) ? Number(row.device_id) : undefined
        this.#devices.set(name, id)
        forgetOldest(this.#devices)
        return id
      } catch (error) {
        if (signal.aborted) return 'stopped'
        if (!isApiFailure(error) || !passes(error)) throw error
        logger.warn(`the device of an alert cannot be looked up: ${messageOf(error)}; it is tried again`)
        await clock.sleep(RETRY, signal)
      }
    }
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (map.size > MOST_NAMES && oldest !== undefined) map.delete(oldest)
}
