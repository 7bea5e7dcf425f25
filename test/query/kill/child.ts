/**
 * The process that is killed: runs the queries of queries.ts and the insights of insights.ts as durable jobs. Environment: KILL_URL; KILL_END=1 to
 * stop at the end of the input. It waits for a message, so that its code is loaded by the time its life begins, and says {ready} when it begins to
 * take over.
 */
import { once, setMaxListeners } from 'node:events'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { durableQuery, topicOfTable } from '../../../src/cli/analyze/durable-query.ts'
import { InsightReport } from '../../../src/cli/analyze/insight-report.ts'
import { insightUnits } from '../../../src/cli/analyze/insight-units.ts'
import { runBusJob } from '../../../src/query/run/bus-job.ts'
import { deadLetter } from '../../../src/query/run/dead-letter.ts'
import { type DrainTo, together } from '../../../src/query/run/meeting.ts'
import { ScriptSession } from '../../../src/query/script/script-session.ts'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { killedInsights } from './insights.ts'
import { SCRIPT } from './queries.ts'

/** Which partition is idle is up to the machine's clock, and would be another one in another run. */
const IDLE_TIMEOUT = 3_600_000

async function main(url: string, untilEnd: boolean): Promise<void> {
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => process.exit())
  const planned = await killedInsights()
  const session = new ScriptSession({ now: Date.now, random: Math.random })
  const queries = parseScript(SCRIPT).statements.flatMap((statement) => session.run(statement))
  process.send?.({ loaded: true })
  await once(process, 'message')
  const bus = await openBus(url)
  process.send?.({ ready: true })
  const insights = await unitsOf(bus, planned, untilEnd)
  await Promise.all([
    together(insights.length, async (drainTo, i) => insights[i]?.run(bus, stop.signal, drainTo)),
    ...queries.map(({ plan, sink }) => {
      if (!sink) throw new Error('a query without a topic')
      return runBusJob({
        ...{ bus, clock: systemClock, start: 'earliest', untilEnd, signal: stop.signal, idleTimeout: IDLE_TIMEOUT },
        job: topicOfTable(sink),
        create: () => durableQuery(plan, sink, session.session),
        topicOf: ({ table }) => topicOfTable(table),
        onBad: deadLetter,
      })
    }),
  ])
  await bus.close()
}

interface Runs {
  run(bus: Bus, signal: AbortSignal, drainTo?: DrainTo): Promise<void>
}

function unitsOf(bus: Bus, planned: Awaited<ReturnType<typeof killedInsights>>, untilEnd: boolean): Promise<Runs[]> {
  const report = new InsightReport('insights', [], { stdout: process.stdout, output: 'text', utc: true, json: true })
  const times = { start: 'earliest', idleTimeout: IDLE_TIMEOUT, untilEnd } as const
  return insightUnits(bus, planned, { ...times, job: 'insights', split: true, logger: silentLogger, report })
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
