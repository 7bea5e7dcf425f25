import { type Clock, systemClock } from '../../src/base/clock.ts'
import type { Logger } from '../../src/base/log.ts'
import type { Advertisement } from '../../src/collectors/ble/advertisement.ts'
import type { AdvertisementSource, SourceContext } from '../../src/collectors/ble/sources/source.ts'
import { Counters } from '../../src/collectors/metrics.ts'

export interface TestContext extends SourceContext {
  metrics: Counters
  /** What was logged, as `level: message`. */
  lines: string[]
  abort(): void
}

/** What a source is given, with everything that it does to it in view. */
export function sourceContext(clock: Clock = systemClock): TestContext {
  const stop = new AbortController()
  const lines: string[] = []
  const log = (level: string) => (message: string) => void lines.push(`${level}: ${message}`)
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
  return { clock, logger, lines, metrics: new Counters(), receiver: 'desk', signal: stop.signal, abort: () => stop.abort() }
}

/** Everything a source gives until it ends. */
export async function collect(source: AdvertisementSource): Promise<Advertisement[]> {
  const all: Advertisement[] = []
  for await (const batch of source) all.push(...batch)
  return all
}

/** The chunks of bytes, cut where `sizes` say, over and over. */
export async function* inChunks(bytes: Buffer, ...sizes: number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}
