import { ShitopsError } from '../base/errors.ts'
import { type Logger, silentLogger } from '../base/log.ts'
import type { Bus } from './bus.ts'

export interface OpenBusOptions {
  logger?: Logger
  /** Open what is there and never write. */
  readOnly?: boolean
  /** Refuse an embedded bus that is not there instead of creating it; read-only does so always. */
  mustExist?: boolean
  /** Name of a collector: what it writes is kept in a spool while the brokers are away, where the URL has a folder for that (docs/edge.md). */
  spool?: string
  /** Values that a URL may not carry (passwords), read from files or the environment by config/. */
  secrets?: Readonly<Record<string, string>>
}

/**
 * Open a bus by its URL: `embedded:DIR` or `kafka://h1:9092,h2:9092?option=value` (docs/bus.md has every option).
 * The implementation is imported only when it is asked for: start-up time is the user's time.
 */
export async function openBus(url: string, options: OpenBusOptions = {}): Promise<Bus> {
  const logger = options.logger ?? silentLogger
  if (url.startsWith('embedded:')) {
    const { openEmbeddedBus } = await import('./embedded/index.ts')
    return openEmbeddedBus(url, { ...options, logger })
  }
  if (url.startsWith('kafka:')) {
    if (options.spool !== undefined && /[?&]spool=/.test(url)) {
      const { openSpooledKafka } = await import('./spool/kafka.ts')
      return openSpooledKafka(url, options.spool, { ...options, logger })
    }
    const { openKafkaBus } = await import('./kafka/index.ts')
    return openKafkaBus(url, { ...options, logger })
  }
  throw new ShitopsError('SHITOPS_E_BUS_URL', `"${url}" is not a bus URL`, {
    suggestions: ['--bus embedded:./data', '--bus kafka://localhost:9092'],
  })
}
