import { systemClock } from '../../base/clock.ts'
import { silentLogger } from '../../base/log.ts'
import type { Bus } from '../bus.ts'
import type { OpenBusOptions } from '../open.ts'
import { Cluster } from './cluster.ts'
import { loadFastCrc32c } from './crc32c.ts'
import { toShitopsError } from './failures.ts'
import { KafkaBus } from './kafka-bus.ts'
import { loadSecurity } from './security.ts'
import { parseKafkaUrl } from './settings.ts'

/**
 * Connect to a Kafka cluster (2.5 or newer). Options: docs/bus.md.
 * @throws SHITOPS_E_BUS_URL, SHITOPS_E_SECRET_MODE, SHITOPS_E_BUS_AUTH, or SHITOPS_E_BUS_UNAVAILABLE within 10 seconds
 */
export async function openKafkaBus(url: string, { logger = silentLogger, readOnly = false, secrets = {} }: OpenBusOptions): Promise<Bus> {
  const settings = parseKafkaUrl(url)
  const security = await loadSecurity(settings, secrets)
  await loadFastCrc32c()
  const cluster = new Cluster({ settings, security, logger, clock: systemClock })
  try {
    await cluster.connect()
    return new KafkaBus(cluster, { readOnly })
  } catch (error) {
    cluster.close()
    throw toShitopsError(error)
  }
}
