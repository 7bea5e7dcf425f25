import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { readOrCreateSecret } from '../../collectors/ble/pseudonym-secret.ts'
import { TOKEN_VARIABLE } from '../../collectors/librenms/client/token.ts'
import { LIBRENMS_TOPICS, runLibrenms } from '../../collectors/librenms/index.ts'
import { runKafkaStore } from '../../collectors/librenms/kafka-store/run-kafka-store.ts'
import { Counters } from '../../collectors/metrics.ts'
import { defaultSecretPath } from '../../config/pseudonym-secret-path.ts'
import { showMetrics } from '../collector-metrics.ts'
import { keepHeapSmall } from '../small-heap.ts'
import { instanceOf, openApi } from './api-connection.ts'
import { SyncProgress } from './progress.ts'
import { pseudonymOf } from './pseudonym.ts'
import { type SyncFlags, tailInterval, zoneOf } from './settings.ts'

export interface SyncContext {
  bus: Bus
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  signal: AbortSignal
  logger: Logger
  stderr: { isTTY?: boolean; columns?: number; write(text: string): unknown }
  quiet: boolean
  /** HOST:PORT where `/metrics` is served. */
  metricsAt?: string | undefined
}

/** Follow a LibreNMS until the signal aborts, or read it once. @returns what was counted */
export async function runSync(
  flags: SyncFlags & { url: string; once: boolean; full: boolean; 'allow-mass-delete': boolean; own: readonly string[] },
  context: SyncContext,
): Promise<Record<string, number>> {
  const { bus, env, signal } = context
  keepHeapSmall()
  const instance = instanceOf(flags)
  const zone = zoneOf(flags.timezone)
  const every = tailInterval(flags['tail-interval'])
  const secret = await readOrCreateSecret(defaultSecretPath(env))
  const api = await openApi(flags, context, TOKEN_VARIABLE)
  const metrics = new Counters()
  const progress = new SyncProgress(context, metrics, api)
  const logger = progress.beside(context.logger)
  let hide = () => {}
  try {
    hide = await showMetrics(context.metricsAt, { collector: 'librenms-sync', counters: metrics, bus: () => bus, logger })
    await createMissing(bus, [...LIBRENMS_TOPICS, 'librenms_doorbell'])
    progress.begin()
    const config = {
      ...{ api, bus, instance, zone, once: flags.once, full: flags.full, tailInterval: every },
      allowMassDelete: flags['allow-mass-delete'],
      own: new Set(flags.own),
      person: pseudonymOf(secret),
    }
    const ended = new AbortController()
    const surroundings = { ...context, bus, metrics, logger, signal: AbortSignal.any([signal, ended.signal]) }
    const topic = flags['kafka-topic']
    const parts = [runLibrenms({ ...surroundings, config })]
    if (topic !== undefined && !flags.once) parts.push(runKafkaStore({ ...surroundings, config: { bus, topic, instance } }))
    // Whichever ends first ends the other, and a failure of either is the command's.
    await Promise.all(parts.map((part) => part.finally(() => ended.abort())))
  } finally {
    hide()
    progress.end()
    api.close()
  }
  return { ...metrics.toJSON(), ...api.counts }
}
