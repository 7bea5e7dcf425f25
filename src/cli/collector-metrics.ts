import type { Logger } from '../base/log.ts'
import type { Bus } from '../bus/bus.ts'
import { isSpooling } from '../bus/spool/is-spooling.ts'
import { spoolMetricsText } from '../bus/spool/metrics-text.ts'
import type { Counters } from '../collectors/metrics.ts'
import { serveMetrics } from './metrics-endpoint.ts'

const NAME = 'shitops_collector_counted_total'

export interface CollectorMetrics {
  /** `scan`, `librenms-sync`: the command, as the folder of its spool is called. */
  collector: string
  counters: Counters
  /** The bus, once it is open. */
  bus(): Bus | undefined
  logger: Logger
}

/**
 * What a collector has counted, and where its spool stands, at `/metrics` until it is closed.
 * @param listen HOST:PORT, or a port on 127.0.0.1; absent: nowhere
 * @throws SHITOPS_E_USAGE when it cannot listen there
 */
export async function showMetrics(listen: string | undefined, { collector, counters, bus, logger }: CollectorMetrics): Promise<() => void> {
  if (listen === undefined) return () => {}
  const endpoint = await serveMetrics(listen, async () => countersText(collector, counters) + (await spoolText(bus())))
  logger.info(`metrics: ${endpoint.address}`)
  return () => endpoint.close()
}

/** Of a bus without a spool: nothing. */
export const spoolText = async (bus: Bus | undefined): Promise<string> => (isSpooling(bus) ? spoolMetricsText(await bus.stats()) : '')

/** One family: what each counter means is in the summary of the command, under the same names. */
export function countersText(collector: string, counters: Counters): string {
  const lines = Object.entries(counters.toJSON()).map(
    ([counter, value]) => `${NAME}{collector="${collector}",counter="${counter}"} ${value}\n`,
  )
  return `# HELP ${NAME} what the collector counted since it started\n# TYPE ${NAME} counter\n${lines.join('')}`
}
