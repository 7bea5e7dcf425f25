import type { Logger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'

/** What a process that shares a job is given. */
export interface ChildEnvironment {
  readonly open: () => Promise<Bus>
  /** Says it to the parent. */
  readonly logger: Logger
  /** Aborts on SIGTERM. */
  readonly signal: AbortSignal
}

/** Runs a job in a process of its own until SIGTERM, and closes its buses. It goes with its parent. */
export function runChild(url: string, run: (environment: ChildEnvironment) => Promise<unknown>): void {
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => process.exit())
  const buses: Bus[] = []
  const open = async () => {
    const bus = await openBus(url)
    buses.push(bus)
    return bus
  }
  const say = (message: string) => void process.send?.({ message })
  const logger = { debug() {}, info: say, warn: say, error: say }
  run({ open, logger, signal: stop.signal })
    .finally(() => Promise.all(buses.map((bus) => bus.close())))
    .then(
      () => process.disconnect?.(),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
}
