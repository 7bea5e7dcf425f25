/**
 * The process that is killed: runs the queries of queries.ts as durable jobs. Environment: KILL_URL; KILL_END=1 to stop at the end of the input.
 * Says {ready} when it begins to take over.
 */
import { setMaxListeners } from 'node:events'
import { systemClock } from '../../../src/base/clock.ts'
import { openBus } from '../../../src/bus/open.ts'
import { durableQuery, topicOfTable } from '../../../src/cli/analyze/durable-query.ts'
import { runBusJob } from '../../../src/query/run/bus-job.ts'
import { deadLetter } from '../../../src/query/run/dead-letter.ts'
import { ScriptSession } from '../../../src/query/script/script-session.ts'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { SCRIPT } from './queries.ts'

async function main(url: string, untilEnd: boolean): Promise<void> {
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => process.exit())
  const session = new ScriptSession({ now: Date.now, random: Math.random })
  const queries = parseScript(SCRIPT).statements.flatMap((statement) => session.run(statement))
  const bus = await openBus(url)
  process.send?.({ ready: true })
  const stats = await Promise.all(
    queries.map(({ plan, sink }) => {
      if (!sink) throw new Error('a query without a topic')
      return runBusJob({
        bus,
        clock: systemClock,
        job: topicOfTable(sink),
        create: () => durableQuery(plan, sink, session.session),
        topicOf: ({ table }) => topicOfTable(table),
        start: 'earliest',
        untilEnd,
        signal: stop.signal,
        // Which partition is idle is up to the machine's clock, and would be another one in another run.
        idleTimeout: 3_600_000,
        onBad: deadLetter,
      })
    }),
  )
  await bus.close()
  process.send?.({ stats })
}

const url = process.env.KILL_URL
if (url) {
  main(url, process.env.KILL_END === '1').then(
    () => process.disconnect?.(),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}
