import { type Clock, systemClock } from '../../base/clock.ts'
import { silentLogger } from '../../base/log.ts'
import type { OpenBusOptions } from '../open.ts'
import { EmbeddedBus } from './embedded-bus.ts'
import { openStore } from './store.ts'
import { checkTopicConfig } from './topics.ts'
import { parseEmbeddedUrl } from './url.ts'
import { writerOf } from './writer.ts'

/**
 * Open the embedded bus of a directory, creating it when it is not there. Several processes may have it open.
 * `embedded:DIR?option=value&…`: docs/bus-embedded.md.
 */
export async function openEmbeddedBus(url: string, options: OpenBusOptions & { clock?: Clock }): Promise<EmbeddedBus> {
  const { directory, topicDefaults, maxBytes } = parseEmbeddedUrl(url)
  checkTopicConfig(`the bus URL "${url}"`, topicDefaults)
  const readOnly = options.readOnly ?? false
  const store = await openStore(directory, readOnly, readOnly || (options.mustExist ?? false))
  return new EmbeddedBus({
    url,
    store,
    writer: writerOf(store),
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    readOnly,
    topicDefaults,
    maxBytes,
  })
}
