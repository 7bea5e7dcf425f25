/** One of several processes that run `shitops analyze --insights DIR --job shared`. Environment: SHARE_URL, SHARE_FOLDER. Says what it logs. */
import { openBus } from '../../../src/bus/open.ts'
import { runAnalyze } from '../../../src/cli/analyze/insights.ts'

const { SHARE_URL: url, SHARE_FOLDER: insights } = process.env
if (url && insights) {
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
  const flags = {
    ...{
      insight: ['device_flapping'],
      insights,
      from: 'start',
      'until-end': false,
      disorder: '1s',
      'idle-timeout': '1h',
      'max-advance': '1d',
    },
    ...{ split: true, job: 'shared', reset: false, yes: false, output: 'text' as const, utc: true },
  }
  runAnalyze(flags, { open, stdout: process.stdout, logger, signal: stop.signal, json: true })
    .finally(() => Promise.all(buses.map((bus) => bus.close())))
    .then(
      () => process.disconnect?.(),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
}
