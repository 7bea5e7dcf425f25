import type { Clock } from '../base/clock.ts'
import { formatDuration } from '../base/duration.ts'
import type { Logger } from '../base/log.ts'
import type { Pace } from '../bus/ops/pacer.ts'
import type { ReplaySummary } from '../bus/ops/replay/replay.ts'
import type { ToBusSummary } from '../bus/ops/replay/to-bus.ts'
import { formatBytes, formatCount, plural } from './amounts.ts'
import { formatTime } from './times.ts'

export interface ReplayPlan extends ReplaySummary {
  topic: string
  /** Records by destination topic. */
  destinations: Record<string, number>
  /** null: the same bus, or standard output */
  bus: string | null
  pace: Pace
}

/** What a replay would do, a fact a line. */
export function plannedText(plan: ReplayPlan, utc: boolean): string {
  const { first, last, records, bytes, skipped, damaged, topic } = plan
  const facts: Array<[string, string]> = [
    ['from', topic],
    ...Object.entries(plan.destinations).map(([name, count]): [string, string] => ['to', `${name} (${plural(count, 'record')})`]),
    ['records', `${formatCount(records)} (${formatBytes(bytes)})`],
  ]
  if (plan.bus) facts.push(['bus', plan.bus])
  if (skipped > 0) facts.push(['left out', `${plural(skipped, 'record')} with no destination`])
  if (damaged > 0) facts.push(['damaged', `${plural(damaged, 'offset')} that cannot be read`])
  if (first && last) {
    facts.push(['first', `${first.partition}@${first.offset}  ${formatTime(first.timestamp, utc)}`])
    facts.push(['last', `${last.partition}@${last.offset}  ${formatTime(last.timestamp, utc)}`])
    facts.push(['takes', duration(plan.pace, records, last.timestamp - first.timestamp)])
  }
  return `${facts.map(([name, value]) => `${name.padEnd(9)}${value}\n`).join('')}Nothing was written (--dry-run).\n`
}

function duration(pace: Pace, records: number, span: number): string {
  if (pace.kind === 'max') return 'as long as writing takes'
  return `about ${formatDuration(Math.max(0, pace.kind === 'rate' ? (records * 1_000) / pace.perSecond : span / pace.factor))}`
}

/** Said before the first record is written: after a crash the token is what one needs. */
export function startText({ token, resumed, left }: { token: string; resumed: boolean; left: number }, to: string): string {
  return `${resumed ? 'Going on with' : 'Replaying'} up to ${plural(left, 'record')} to ${to}; token ${token}`
}

/** The last lines of a replay. */
export function doneText(summary: ReplaySummary | ToBusSummary, elapsedMs: number, utc: boolean): string {
  const { records, bytes, skipped, damaged, first, last, complete } = summary
  const rate = formatCount(Math.round((records * 1_000) / Math.max(1, elapsedMs)))
  const lines = [
    `${complete || damaged > 0 ? 'Replayed' : 'Stopped after'} ${plural(records, 'record')} (${formatBytes(bytes)}) in ${formatDuration(elapsedMs)}, ${rate}/s.`,
  ]
  if (first && last) {
    const place = ({ partition, offset, timestamp }: typeof first) => `${partition}@${offset} (${formatTime(timestamp, utc)})`
    lines.push(`First ${place(first)}, last ${place(last)}.`)
  }
  if (skipped > 0)
    lines.push(
      `Left out ${plural(skipped, 'record')} without a topic in dlq_topic, or still unfit for it (--no-validate sends those too); they stay where they are.`,
    )
  if (damaged > 0) lines.push(`Left out ${plural(damaged, 'offset')} that cannot be read.`)
  if ('token' in summary) {
    if (summary.resumed) lines.push(`Over all runs: ${plural(summary.total.records, 'record')} (${formatBytes(summary.total.bytes)}).`)
    lines.push(tokenText(summary))
  }
  return lines.join('\n')
}

function tokenText({ token, complete, damaged }: ToBusSummary): string {
  if (complete) return `Token ${token} is complete.`
  if (damaged > 0) return `Token ${token} is not complete; --resume ${token} goes on behind what cannot be read.`
  return `Go on with the same options and --resume ${token}`
}

const EVERY_MS = 5_000

/** Plain lines now and then, never more often than every five seconds. */
export class Progress {
  readonly #logger: Logger
  readonly #clock: Clock
  #next: number

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger
    this.#clock = clock
    this.#next = clock.now() + EVERY_MS
  }

  tell({ records, bytes }: ReplaySummary): void {
    if (this.#clock.now() < this.#next) return
    this.#next = this.#clock.now() + EVERY_MS
    this.#logger.info(`${plural(records, 'record')}, ${formatBytes(bytes)} so far`)
  }
}
