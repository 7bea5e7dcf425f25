import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'
import type { InsightJobStats } from '../../alerts/run-insights.ts'
import { plural } from '../../base/plural.ts'
import type { AlertLogEntry } from '../../events/event-types.ts'
import type { JobOutput } from '../../query/run/bus-job.ts'
import { paint } from '../color.ts'
import { formatTime } from '../times.ts'

/** What a run has done. `events` counts a record once for each insight that has read it. */
export interface AnalyzeResult extends InsightJobStats {
  job: string
  insights: string[]
  rows: number
  fired: number
  resolved: number
  /** The job of the Flink cluster that runs the queries. */
  flinkJob?: string
}

interface Telling {
  readonly stdout: Writable
  readonly output: 'text' | 'ndjson'
  readonly utc: boolean
  /** Nothing is printed but the result, by the command. */
  readonly json: boolean
}

/** Counts what insights write, and tells of alerts as they fire and are resolved. */
export class InsightReport {
  readonly result: AnalyzeResult
  readonly #telling: Telling

  constructor(job: string, insights: readonly string[], telling: Telling) {
    this.#telling = telling
    this.result = { job, insights: [...insights], rows: 0, fired: 0, resolved: 0, events: 0, late: 0, unreadable: 0, jumps: 0 }
  }

  /** Records that are on the bus now. */
  wrote(outputs: readonly JobOutput[]): void {
    for (const { topic, value } of outputs) {
      if (topic === 'insights') this.result.rows++
      if (topic === 'alert_log' && value !== null) this.#logged(String(value))
    }
  }

  /** What one life of a part has done. */
  ended(stats: InsightJobStats): void {
    for (const what of ['events', 'late', 'unreadable', 'jumps'] as const) this.result[what] += stats[what]
  }

  get summary(): string {
    const { rows, fired, resolved, events, late, unreadable, jumps } = this.result
    const ahead = jumps > 0 ? `, ${plural(jumps, 'record')} too far ahead` : ''
    return `${plural(events, 'record')} read, ${plural(rows, 'row')}, ${plural(fired, 'alert')} fired, ${resolved} resolved, ${plural(late, 'row')} late, ${plural(unreadable, 'record')} unreadable${ahead}`
  }

  #logged(text: string): void {
    const { stdout, output, utc, json } = this.#telling
    const entry = JSON.parse(text) as AlertLogEntry
    const { transition } = entry
    if (transition === 'firing') this.result.fired++
    if (transition === 'resolved') this.result.resolved++
    if (json) return
    if (output === 'ndjson') stdout.write(`${text}\n`)
    else if (transition === 'firing' || transition === 'resolved') stdout.write(lineOf(entry, utc))
  }
}

function lineOf({ event_time, transition, alert_name, subject, summary }: AlertLogEntry, utc: boolean): string {
  const what = transition === 'firing' ? paint.error('FIRING  ') : paint.good('RESOLVED')
  return `${formatTime(Date.parse(event_time), utc)}  ${what}  ${paint.strong(alert_name)} ${subject}${transition === 'firing' ? `: ${summary ?? ''}` : ''}\n`
}

/** All of them are one job; a selection is another, so that each has its own place in the input. */
export function jobOf(names: readonly string[] | undefined): string {
  if (names === undefined) return 'insights'
  const all = [...names].sort().join('+')
  return `insights.${all.length <= 80 ? all : createHash('sha256').update(all).digest('hex').slice(0, 16)}`
}

/** The parts that a process runs, for people: `device_flapping (2 of 4), telemetry_silent`. */
export function namesOfParts(names: readonly string[], job: string): string {
  const parts = new Map<string, { here: number; of: string | undefined }>()
  for (const name of names) {
    const [, own = '', of] = /^(.*?)(?:@\d+of(\d+))?$/.exec(name.slice(job.length + 1)) ?? []
    parts.set(own, { here: (parts.get(own)?.here ?? 0) + 1, of })
  }
  return [...parts].map(([own, { here, of }]) => (of === undefined || here === Number(of) ? own : `${own} (${here} of ${of})`)).join(', ')
}
