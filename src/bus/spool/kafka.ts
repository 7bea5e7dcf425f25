import { join } from 'node:path'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../bus.ts'
import { openKafkaBus } from '../kafka/index.ts'
import { parseKafkaUrl } from '../kafka/settings.ts'
import type { OpenBusOptions } from '../open.ts'
import { openSpoolingBus } from './index.ts'

/** With a spool nobody needs to be kept waiting for a broker for two minutes. */
const DELIVERY_TIMEOUT = '10s'

/**
 * A Kafka cluster behind a spool, in a folder of the collector's own below `spool=`.
 * @param collector a name for a folder: the command
 */
export async function openSpooledKafka(url: string, collector: string, options: OpenBusOptions & { logger: Logger }): Promise<Bus> {
  const { spool, spoolSize, spoolAge } = parseKafkaUrl(url)
  if (spool === '') return openKafkaBus(url, options)
  return openSpoolingBus({
    url,
    directory: join(spool, collector),
    limits: { bytes: spoolSize, ageMs: spoolAge },
    openTarget: openerOf(url, options),
    logger: options.logger,
  })
}

/** Opens the cluster that a spool is forwarded to. */
export function openerOf(url: string, options: OpenBusOptions): () => Promise<Bus> {
  const patient = /[?&]deliveryTimeout=/.test(url)
  const target = patient ? url : `${url}${url.includes('?') ? '&' : '?'}deliveryTimeout=${DELIVERY_TIMEOUT}`
  return () => openKafkaBus(target, options)
}
