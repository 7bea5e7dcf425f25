/**
 * Opens a source and writes its advertisements as JSON lines until SIGINT: a program of its own, to be run where a test process cannot
 * be: upon the shim, in a virtual machine. Its one argument is the source, `noble` when absent.
 */
import { systemClock } from '../../../src/base/clock.ts'
import { openSource } from '../../../src/collectors/ble/sources/open-source.ts'
import { Counters } from '../../../src/collectors/metrics.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
const say = (message: string) => console.error(message)
const context = {
  clock: systemClock,
  logger: { debug: say, info: say, warn: say, error: say },
  metrics: new Counters(),
  receiver: 'desk',
  signal: stop.signal,
}

try {
  for await (const batch of await openSource(process.argv[2] ?? 'noble', context)) {
    for (const { manufacturerData, ...rest } of batch) console.log(JSON.stringify({ ...rest, hex: manufacturerData.toString('hex') }))
  }
  console.error(JSON.stringify(context.metrics))
} catch (error) {
  console.error(JSON.stringify({ ...(error as Error), message: (error as Error).message }))
  process.exitCode = (error as { exit?: number }).exit ?? 1
}
