import { formatDuration } from '../../base/duration.ts'
import type { AlertLogEntry } from '../../events/event-types.ts'
import { paint } from '../color.ts'
import type { DemoView } from './run-demo.ts'

/** How often the rates are told, ms on the wall. */
const PROGRESS_EVERY = 5_000

export interface LineViewOptions {
  print(line: string): void
  /** Wall time, ms. */
  now(): number
  utc: boolean
  /** Alerts only. */
  quiet: boolean
}

/** The demo as lines: what comes in, and every incident with the records that raised it. */
export class LineView implements DemoView {
  readonly #options: LineViewOptions
  readonly #firedAt = new Map<string, number>()
  #toldAt = 0
  #told: ReadonlyMap<string, number> = new Map()

  constructor(options: LineViewOptions) {
    this.#options = options
  }

  ready(gnmiAddress: string, librenmsUrl: string): void {
    this.#toldAt = this.#options.now()
    if (!this.#options.quiet) this.#options.print(`  gNMI on ${gnmiAddress}, LibreNMS on ${librenmsUrl}\n`)
  }

  progress(time: number, records: ReadonlyMap<string, number>): void {
    const now = this.#options.now()
    const seconds = (now - this.#toldAt) / 1000
    if (this.#options.quiet || seconds * 1000 < PROGRESS_EVERY) return
    const rates = [...records].map(([topic, count]) => [topic, (count - (this.#told.get(topic) ?? 0)) / seconds] as const)
    const shown = rates.filter(([, rate]) => rate > 0).map(([topic, rate]) => `${topic} ${rate < 10 ? rate.toFixed(1) : rate.toFixed(0)}`)
    this.#line(time, 'signals', paint.dim(`records/s: ${shown.sort().join(', ')}`))
    this.#toldAt = now
    this.#told = new Map(records)
  }

  alert(entry: AlertLogEntry): void {
    const time = Date.parse(entry.event_time)
    const name = `${paint.strong(entry.alert_name)} ${entry.subject}`
    if (entry.transition === 'firing') {
      this.#firedAt.set(entry.fingerprint, time)
      this.#line(time, paint.error('FIRING'), `${name}: ${entry.summary ?? ''}`)
      for (const { topic, partition_id, record_offset, excerpt } of entry.evidence ?? []) {
        this.#options.print(`${' '.repeat(INDENT)}${paint.dim(`${topic}/${partition_id}@${record_offset}  ${excerpt ?? ''}`)}`)
      }
    } else if (entry.transition === 'resolved') {
      const after = time - (this.#firedAt.get(entry.fingerprint) ?? time)
      this.#line(time, paint.good('RESOLVED'), `${name}, after ${formatDuration(after)}`)
    }
  }

  #line(time: number, what: string, text: string): void {
    // The label is coloured, so it is padded by its visible length.
    const pad = ' '.repeat(Math.max(1, LABEL - visibleLength(what)))
    this.#options.print(`${timeOfDay(time, this.#options.utc)}  ${what}${pad}${text}`)
  }
}

const LABEL = 10
const INDENT = 8 + 2 + LABEL

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with ESC
const visibleLength = (text: string) => text.replace(/\u001b\[\d+m/g, '').length

/** `09:03:20`, local or UTC. @param time ms since the epoch */
export function timeOfDay(time: number, utc: boolean): string {
  const date = new Date(time)
  return utc ? date.toISOString().slice(11, 19) : date.toTimeString().slice(0, 8)
}
