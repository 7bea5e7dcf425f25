import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { INSIGHT_OUTPUTS } from '../../src/alerts/insight-sink.ts'
import { type InsightJobStats, type RunInsightsOptions, runInsights } from '../../src/alerts/run-insights.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { Logger } from '../../src/base/log.ts'
import type { Bus, OutRecord } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { parseInsight } from '../../src/insights/header.ts'
import { type PlannedInsight, planInsight } from '../../src/insights/plan.ts'
import { recordsOf } from '../query/run/job-support.ts'

/** A whole minute of not long ago: retention takes old records away. */
export const BEGIN = Math.floor(Date.now() / 60_000 - 120) * 60_000

interface Rule {
  header?: string
  size?: string
  having?: string
  severity?: string
}

/** The mean of ten seconds is above a bound. */
export const lossy = ({
  header = 'for: 20s',
  size = "'10' SECOND",
  having = '> 0.5',
  severity = 'warning',
}: Rule = {}): string => `-- A test
--
-- severity: ${severity}
-- channel: operations
-- ${header}
-- keep_firing_for: 0s
-- holds: 10s
-- time: window_end
-- subject: site
-- observed: loss ratio
-- summary: {site} loses {loss}
-- advice: look at it
SELECT site, AVG(\`value\`) AS loss, window_end
FROM TABLE(TUMBLE(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL ${size}))
GROUP BY site, window_start, window_end
HAVING AVG(\`value\`) ${having}`

export const planned = (sql: string, name = 'lossy'): Promise<PlannedInsight> =>
  planInsight(parseInsight(sql, name), { disorderSeconds: 1 })

/** A sample at so many seconds after {@link BEGIN}. */
export function sample(at: number, value: number, site = 'a', partition = 0): OutRecord {
  const event_time = new Date(BEGIN + at * 1000).toISOString()
  return {
    key: site,
    value: JSON.stringify({ event_time, target: site, site, metric: 'm', value }),
    timestamp: BEGIN + at * 1000,
    partition,
  }
}

/** What was logged, by level. */
export class Log implements Logger {
  readonly lines: string[] = []
  debug(): void {}
  info(message: string): void {
    this.lines.push(message)
  }
  warn = this.info
  error = this.info
}

/** An embedded bus for each test of the enclosing suite, with one partition of device_metrics. */
export function useInsightBus(): { bus: () => Bus; another: () => Promise<Bus>; url: () => string } {
  let folder = ''
  const open: Bus[] = []
  const another = async () => {
    const bus = await openBus(`embedded:${folder}`)
    open.push(bus)
    return bus
  }
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'shitops-insights-'))
    const bus = await another()
    for (const name of ['device_metrics', ...INSIGHT_OUTPUTS]) await bus.createTopic({ name, partitions: 1 })
  })
  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { bus: () => open[0] as Bus, another, url: () => `embedded:${folder}` }
}

/** Runs an insight as job `insights/lossy`: to the end of its input, unless the options say otherwise. */
export async function runLossy(
  bus: Bus,
  sql: string,
  options: Partial<RunInsightsOptions> = {},
): Promise<InsightJobStats & { log: string[] }> {
  const logger = new Log()
  const stats = await runInsights({
    ...{ bus, clock: systemClock, logger, planned: [await planned(sql)], job: 'insights/lossy', start: 'earliest', untilEnd: true },
    idleTimeout: 3_600_000,
    signal: new AbortController().signal,
    ...options,
  })
  return { ...stats, log: logger.lines }
}

/** `transition severity subject second`, in order. */
export async function alertLog(bus: Bus): Promise<string[]> {
  return (await recordsOf(bus, 'alert_log')).map(({ value }) => {
    const { transition, severity, subject, event_time } = JSON.parse(String(value)) as Record<string, string>
    return `${transition} ${severity} ${subject} ${(Date.parse(event_time ?? '') - BEGIN) / 1000}`
  })
}
