import type { Clock } from '../../base/clock.ts'
import type { StatusBoard } from '../../collectors/gnmi/status.ts'
import { Redrawn } from '../redrawn.ts'
import { StatusTable, summaryLine } from './status-table.ts'

export interface LiveOptions {
  board: StatusBoard
  output: string
  stdout: { isTTY?: boolean; columns?: number; rows?: number; write(text: string): unknown }
  stderr: { isTTY?: boolean; columns?: number; write(text: string): unknown }
  quiet: boolean
  clock: Clock
}

/** Drawn so often, ms: in place on a terminal, as a line elsewhere. */
const REDRAW = 500
const LINE = 10_000

/**
 * What goes on, while it goes on: a table of the streams on a terminal that shows nothing else, and one line on stderr otherwise; at the
 * end a line with all that was counted.
 */
export class Live {
  readonly #options: LiveOptions
  readonly #table: StatusTable
  readonly #draw: ((last: boolean) => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #before = 0
  #at = 0

  constructor(options: LiveOptions) {
    this.#options = options
    this.#table = new StatusTable(options.board)
    this.#at = options.clock.now()
    this.#draw = this.#drawing()
  }

  begin(): void {
    if (!this.#draw) return
    const draw = this.#draw
    const inPlace = this.#options.stderr.isTTY || this.#tableShown
    this.#timer = setInterval(() => draw(false), inPlace ? REDRAW : LINE)
    this.#timer.unref()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#draw?.(true)
  }

  /** What was counted over all streams. */
  totals(): Record<string, number> {
    const streams = [...this.#options.board.streams()]
    const sum = (of: (stream: (typeof streams)[number]) => number) => streams.reduce((total, stream) => total + of(stream), 0)
    return {
      streams: streams.length,
      messages: sum(({ messages }) => messages),
      notifications: sum(({ notifications }) => notifications),
      updates: sum(({ updates }) => updates),
      deletes: sum(({ deletes }) => deletes),
      duplicates: sum(({ duplicates }) => duplicates),
      malformed: sum(({ malformed }) => malformed),
      drops: 0,
    }
  }

  get #tableShown(): boolean {
    return this.#options.output === 'table' && this.#options.stdout.isTTY === true
  }

  #drawing(): ((last: boolean) => void) | undefined {
    const { stdout, stderr, quiet, clock } = this.#options
    if (this.#tableShown) {
      const block = new Redrawn((text) => stdout.write(text))
      // A pseudo-terminal without a size says 0.
      return () => block.draw(this.#table.lines(clock.now(), { columns: stdout.columns || 80, rows: (stdout.rows || 24) - 1 }))
    }
    if (quiet) return undefined
    if (!stderr.isTTY) return (last) => void stderr.write(`${last ? this.#sum() : this.#summary()}\n`)
    const line = new Redrawn((text) => stderr.write(text))
    return (last) => line.draw([(last ? this.#sum() : this.#summary()).slice(0, (stderr.columns || 80) - 1)])
  }

  #summary(): string {
    const streams = [...this.#options.board.streams()]
    const updates = streams.reduce((sum, stream) => sum + stream.updates, 0)
    const now = this.#options.clock.now()
    const rate = (updates - this.#before) / Math.max((now - this.#at) / 1000, 0.001)
    this.#before = updates
    this.#at = now
    return summaryLine(streams, rate)
  }

  #sum(): string {
    const { notifications, updates, deletes, duplicates, malformed } = this.totals()
    return `${notifications} notifications, ${updates} updates, ${deletes} deletes · merged by targets ${duplicates} · malformed ${malformed} · drops 0`
  }
}
