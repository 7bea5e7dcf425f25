import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { StatusBoard } from '../../collectors/gnmi/status.ts'
import { besideDrawing, Redrawn } from '../redrawn.ts'
import { StatusTable, summaryLine } from './status-table.ts'
import { UpdateRates } from './update-rates.ts'

export interface LiveOptions {
  board: StatusBoard
  /** Told at the end, where it was measured. */
  latency?: { quantile(q: number): number } | undefined
  output: string
  stdout: { isTTY?: boolean; columns?: number; rows?: number; write(text: string): unknown }
  stderr: { isTTY?: boolean; columns?: number; write(text: string): unknown }
  quiet: boolean
  clock: Clock
  /** When it aborts, a line about that is about to be written. */
  signal: AbortSignal
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
  readonly #rates: UpdateRates
  readonly #drawn: Redrawn | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: LiveOptions) {
    this.#options = options
    const { board, clock, stdout, stderr, quiet, signal } = options
    this.#rates = new UpdateRates(board, clock)
    if (this.#table)
      this.#drawn = new Redrawn(
        (text) => stdout.write(text),
        () => stdout.columns,
      )
    else if (stderr.isTTY && !quiet)
      this.#drawn = new Redrawn(
        (text) => stderr.write(text),
        () => stderr.columns,
      )
    signal.addEventListener('abort', () => this.#drawn?.makeRoom(), { once: true })
  }

  begin(): void {
    if (this.#options.quiet && !this.#table) return
    this.#timer = setInterval(() => this.#show(), this.#drawn ? REDRAW : LINE)
    this.#timer.unref()
  }

  /** The same logger, whose lines do not run into what is drawn. */
  beside(logger: Logger): Logger {
    return this.#drawn ? besideDrawing(logger, this.#drawn) : logger
  }

  /** The last state of a table stays; then what was counted. @param whole all of it was written */
  end(whole: boolean): void {
    clearInterval(this.#timer)
    if (this.#table) this.#show()
    else this.#drawn?.makeRoom()
    if (!this.#options.quiet) this.#options.stderr.write(`${this.#sum(whole)}\n`)
  }

  /** What was counted over all streams. */
  totals(): Record<string, number> {
    const { board } = this.#options
    return { streams: [...board.streams()].length, ...board.totals(), drops: 0 }
  }

  get #table(): boolean {
    return this.#options.output === 'table' && this.#options.stdout.isTTY === true
  }

  #show(): void {
    const { board, clock, stdout, stderr } = this.#options
    const rates = this.#rates.look()
    // A pseudo-terminal without a size says 0.
    const size = { columns: stdout.columns || 80, rows: (stdout.rows || 24) - 1 }
    if (this.#table) this.#drawn?.draw(new StatusTable(board, rates).lines(clock.now(), size))
    else if (this.#drawn) this.#drawn.draw([summaryLine(board, rates).slice(0, (stderr.columns || 80) - 1)])
    else stderr.write(`${summaryLine(board, rates)}\n`)
  }

  #sum(whole: boolean): string {
    const { notifications, updates, deletes, duplicates, malformed } = this.#options.board.totals()
    const { latency } = this.#options
    const late = latency ? ` · latency p50 ${latency.quantile(0.5).toFixed(1)} ms, p99 ${latency.quantile(0.99).toFixed(1)} ms` : ''
    return `notifications ${notifications} · updates ${updates} · deletes ${deletes} · merged by targets ${duplicates} · malformed ${malformed} · ${whole ? 'drops 0' : 'the last of it is not written'}${late}`
  }
}
