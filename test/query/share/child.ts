/** One of several processes that run `shitops analyze sql --job shared`. Environment: SHARE_URL, SHARE_SQL. Says {runs: n} when what it runs changes. */
import { openBus } from '../../../src/bus/open.ts'
import { runSql } from '../../../src/cli/analyze/sql.ts'

const { SHARE_URL: url, SHARE_SQL: text } = process.env
if (url && text) {
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => process.exit())
  const buses: Array<{ close(): Promise<void> }> = []
  const open = async () => {
    const bus = await openBus(url)
    buses.push(bus)
    return bus
  }
  const say = (message: string) => void process.send?.({ message })
  const logger = { debug() {}, info: say, warn: say, error: say }
  const options = {
    text,
    inputs: new Map<string, string>(),
    output: 'ndjson',
    untilEnd: false,
    start: 'earliest',
    job: 'shared',
    idleTimeout: 3_600_000,
  } as const
  runSql(options, { open, rows: process.stdout, stdout: process.stdout, logger, signal: stop.signal, columns: undefined })
    .finally(() => Promise.all(buses.map((bus) => bus.close())))
    .then(
      () => process.disconnect?.(),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
}
