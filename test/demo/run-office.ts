import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { type DemoResult, runDemo } from '../../src/cli/demo/run-demo.ts'
import type { AlertLogEntry } from '../../src/events/event-types.ts'
import { GnmiServer } from '../../src/office/gnmi/server.ts'
import { OfficeLibrenms } from '../../src/office/librenms/office-librenms.ts'
import { Office } from '../../src/office/office.ts'

/** One opening for the whole process, so that two runs of a seed have the same events; not long ago, or retention takes them away. */
export const OPENED_AT = Math.floor((Date.now() - 2 * 3_600_000) / 10_000) * 10_000

/**
 * Run a day in this process, as fast as it goes, on the bus of `url` or an embedded one of its own; `look` sees the bus before it is
 * closed and, if it is its own, removed.
 */
export async function runOffice<T>(
  options: {
    seed: number
    day: number
    url?: string
    signal?: AbortSignal
    onAlert?(entry: AlertLogEntry): void
    onProgress?(officeTime: number): void
  },
  look: (bus: Bus, result: DemoResult) => Promise<T> | T,
): Promise<T> {
  const { seed, day, url, signal = new AbortController().signal, onAlert = () => {}, onProgress = () => {} } = options
  const dir = await mkdtemp(join(tmpdir(), 'shitops-office-'))
  const bus = await openBus(url ?? `embedded:${dir}`)
  try {
    const office = new Office({ seed, day, openedAt: OPENED_AT })
    const result = await runDemo({
      office,
      listen: () => GnmiServer.listen(0, OPENED_AT, office.opening),
      listenLibrenms: () => OfficeLibrenms.listen(office, seed),
      bus,
      seed,
      speed: Number.POSITIVE_INFINITY,
      clock: systemClock,
      signal,
      logger: silentLogger,
      view: { ready() {}, progress: (time) => onProgress(time - OPENED_AT), alert: onAlert },
    })
    return await look(bus, result)
  } finally {
    await bus.close()
    await rm(dir, { recursive: true, force: true })
  }
}
