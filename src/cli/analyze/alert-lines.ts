import type { Writable } from 'node:stream'
import type { InsightJobStats } from '../../alerts/run-insights.ts'
import type { AlertLogEntry } from '../../events/event-types.ts'
import type { Insight } from '../../insights/insight.ts'
import type { JobOutput } from '../../query/run/bus-job.ts'
import { paint } from '../color.ts'
import { formatTime } from '../times.ts'

/** What a run has done. */
export interface AnalyzeResult extends InsightJobStats {
  job: string
  insights: string[]
  rows: number
  fired: number
  resolved: number
  /** The job of the Flink cluster that runs the queries. */
  flinkJob?: string
}

export function nothingYet(job: string, insights: readonly Insight[]): AnalyzeResult {
  const counts = { rows: 0, fired: 0, resolved: 0, events: 0, late: 0, unreadable: 0 }
  return { job, insights: insights.map(({ name }) => name), ...counts }
}

export const summaryOf = ({ rows, fired, resolved, events, late, unreadable }: AnalyzeResult): string =>
  `${events} records, ${rows} rows, ${fired} alerts fired, ${resolved} resolved, ${late} rows late, ${unreadable} records unreadable`

interface Telling {
  readonly output: 'text' | 'ndjson'
  readonly utc: boolean
  readonly stdout: Writable
  /** Nothing is printed but the result, by the command. */
  readonly json: boolean
}

/** What is done with records that are on the bus now: alerts are printed, and all of it is counted in `result`. */
export function tellAlerts(result: AnalyzeResult, { output, utc, stdout, json }: Telling): (outputs: readonly JobOutput[]) => void {
  const tell = (line: string) => {
    if (!json) stdout.write(line)
  }
  return (outputs) => {
    for (const { topic, value } of outputs) {
      if (topic === 'insights') result.rows++
      if (topic !== 'alert_log' || value === null) continue
      const entry = JSON.parse(String(value)) as AlertLogEntry
      if (entry.transition === 'firing') result.fired++
      if (entry.transition === 'resolved') result.resolved++
      if (output === 'ndjson') tell(`${String(value)}\n`)
      else if (entry.transition === 'firing' || entry.transition === 'resolved') tell(lineOf(entry, utc))
    }
  }
}

function lineOf({ event_time, transition, alert_name, subject, summary }: AlertLogEntry, utc: boolean): string {
  const what = transition === 'firing' ? paint.error('FIRING  ') : paint.good('RESOLVED')
  return `${formatTime(Date.parse(event_time), utc)}  ${what}  ${paint.strong(alert_name)} ${subject}${transition === 'firing' ? `: ${summary ?? ''}` : ''}\n`
}
