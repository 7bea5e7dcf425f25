import type { Clock } from '../../base/clock.ts'
import { formatDuration } from '../../base/duration.ts'
import { formatBytes, formatCount, plural } from '../amounts.ts'
import { Redrawn } from '../redrawn.ts'
import { formatTime } from '../times.ts'
import type { LogFacts, LogSummary } from './log-summary.ts'

const SHOWN_ACTIVITIES = 8

/** What is in the logs, a fact a line. */
export function logText(facts: LogFacts, activities: ReadonlyArray<readonly [string, number]>, utc: boolean): string {
  const lines: Array<[string, string]> = [
    ['events', formatCount(facts.events)],
    ['cases', formatCount(facts.cases)],
    ['activities', `${formatCount(facts.activities)}${facts.activities === 0 ? '' : `: ${commonest(activities)}`}`],
    ['process', facts.processes.join(', ')],
  ]
  if (facts.first !== null && facts.last !== null) {
    lines.push(['first', formatTime(Date.parse(facts.first), utc)], ['last', formatTime(Date.parse(facts.last), utc)])
  }
  lines.push([
    'lifecycle',
    Object.entries(facts.lifecycle)
      .map(([word, count]) => `${word} ${formatCount(count)}`)
      .join(', '),
  ])
  for (const [role, names] of Object.entries(facts.mapping)) lines.push([role, `<- ${names.join(', ')}`])
  if (facts.bad > 0) lines.push(['bad', formatCount(facts.bad)], ...facts.problems.map((problem): [string, string] => ['', problem]))
  return lines.map(([name, value]) => `${name.padEnd(12)}${value}\n`).join('')
}

function commonest(activities: ReadonlyArray<readonly [string, number]>): string {
  const shown = activities.slice(0, SHOWN_ACTIVITIES).map(([name, count]) => `${name} (${formatCount(count)})`)
  return activities.length > SHOWN_ACTIVITIES ? `${shown.join(', ')}, …` : shown.join(', ')
}

export interface ImportCounts {
  /** Events written to the topic. */
  written: number
  /** Events that were on the bus already. */
  repeated: number
  bad: number
  /** Somebody stopped it before its end. */
  stopped: boolean
}

/** The last lines of an import. */
export function doneText(counts: ImportCounts, facts: LogFacts, elapsedMs: number, published: boolean): string {
  const { written, repeated, bad, stopped } = counts
  const rate = formatCount(Math.round((facts.events * 1_000) / Math.max(1, elapsedMs)))
  const lines = [
    `${stopped ? 'Stopped: read' : 'Read'} ${plural(facts.events, 'event')} of ${plural(facts.cases, 'case')} in ${formatDuration(elapsedMs)} (${rate}/s); ` +
      `${plural(written, 'event')} ${published ? 'written to workflow_events' : 'printed or passed over'}.`,
  ]
  if (repeated > 0) lines.push(`${plural(repeated, 'event')} were there already and were not written again.`)
  if (bad > 0)
    lines.push(`${plural(bad, 'part')} of the log could not be used${published ? '; workflow_events.dlq has file and line' : ''}.`)
  if (stopped && published) lines.push('The same command goes on: what is there is not written again.')
  return lines.join('\n')
}

const REDRAW_MS = 200
const LINE_MS = 5_000

/** How far an import has come: one line in place on a terminal, else a line every five seconds. */
export class ImportProgress {
  readonly #stderr: NodeJS.WriteStream
  readonly #drawn: Redrawn | undefined
  readonly #timer: NodeJS.Timeout
  readonly #line: () => string

  constructor(stderr: NodeJS.WriteStream, line: () => string) {
    this.#stderr = stderr
    this.#line = line
    if (stderr.isTTY)
      this.#drawn = new Redrawn(
        (text) => stderr.write(text),
        () => stderr.columns,
      )
    this.#timer = setInterval(() => this.#show(), this.#drawn ? REDRAW_MS : LINE_MS)
    this.#timer.unref()
  }

  get drawing(): Redrawn | undefined {
    return this.#drawn
  }

  end(): void {
    clearInterval(this.#timer)
    this.#drawn?.makeRoom()
  }

  #show(): void {
    if (this.#drawn) this.#drawn.draw([this.#line().slice(0, (this.#stderr.columns || 80) - 1)])
    else this.#stderr.write(`${this.#line()}\n`)
  }
}

/** `62 % of 480.0 MiB read, 1,203,400 events; 310,000 written` */
export function progressLine(summary: LogSummary, size: number, written: number): string {
  const percent = size === 0 ? 100 : Math.min(100, Math.floor((summary.bytes * 100) / size))
  return `${percent} % of ${formatBytes(size)} read, ${plural(summary.count, 'event')}; ${formatCount(written)} written`
}

/** What the bus would delete of a log, and how far it must be moved to stay; undefined where it keeps everything. */
export function retentionText(summary: LogSummary, retentionMs: number, shift: number, clock: Clock): string | undefined {
  const { firstTime, lastTime } = summary
  if (firstTime === undefined || lastTime === undefined || !Number.isFinite(retentionMs) || retentionMs < 0) return undefined
  const now = clock.now()
  if (firstTime + shift >= now - retentionMs) return undefined
  const all = lastTime + shift < now - retentionMs
  const weeks = Math.floor((now - lastTime) / 604_800_000)
  return (
    `${all ? 'all of the events are' : 'some of the events are'} older than workflow_events keeps them (${formatDuration(retentionMs)}): the bus will delete them soon. ` +
    `--shift ${weeks}w moves the times so that the last is recent and weekdays stay; or give the topic a longer retention.ms`
  )
}
