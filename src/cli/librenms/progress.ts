import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { LibrenmsApi } from '../../collectors/librenms/client/api.ts'
import type { Counters } from '../../collectors/metrics.ts'
import { besideDrawing, Redrawn } from '../redrawn.ts'

/** Drawn so often, ms: in place on a terminal, as a line elsewhere. */
const REDRAW = 500
const LINE = 10_000

interface Options {
  clock: Clock
  signal: AbortSignal
  stderr: { isTTY?: boolean; columns?: number; write(text: string): unknown }
  quiet: boolean
}

/** One line on stderr about what goes on, and at the end what was counted. */
export class SyncProgress {
  readonly #options: Options
  readonly #metrics: Counters
  readonly #api: LibrenmsApi
  readonly #drawn: Redrawn | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: Options, metrics: Counters, api: LibrenmsApi) {
    this.#options = options
    this.#metrics = metrics
    this.#api = api
    const { stderr, quiet, signal } = options
    if (stderr.isTTY && !quiet) this.#drawn = new Redrawn((text) => stderr.write(text))
    signal.addEventListener('abort', () => this.#drawn?.makeRoom(), { once: true })
  }

  begin(): void {
    if (this.#options.quiet) return
    this.#timer = setInterval(() => this.#show(), this.#drawn ? REDRAW : LINE)
    this.#timer.unref()
  }

  /** The same logger, whose lines do not run into what is drawn. */
  beside(logger: Logger): Logger {
    return this.#drawn ? besideDrawing(logger, this.#drawn) : logger
  }

  end(): void {
    clearInterval(this.#timer)
    this.#drawn?.makeRoom()
    if (!this.#options.quiet) this.#options.stderr.write(`${this.line()}\n`)
  }

  /** `devices 12 · ports 480 · … · requests 31, retries 0` */
  line(): string {
    const count = (name: string) => this.#metrics.get(name)
    const rows = ['devices', 'ports', 'sensors', 'inventory', 'links', 'alerts'].map((name) => `${name} ${count(`librenms_${name}`)}`)
    const { requests, retries, failures } = this.#api.counts
    const more = [
      ...[`events ${count('events')}`, `metrics ${count('device_metrics')}`, `tombstones ${count('tombstones')}`],
      ...(['refused_deletes', 'malformed', 'resets'] as const).flatMap((name) =>
        count(name) > 0 ? [`${name.replace('_', ' ')} ${count(name)}`] : [],
      ),
      `requests ${requests}, retries ${retries}, failures ${failures}`,
      ...(this.#api.circuit === 'closed' ? [] : [`circuit ${this.#api.circuit}`]),
    ]
    return [...rows, ...more].join(' · ')
  }

  #show(): void {
    const { stderr } = this.#options
    if (this.#drawn) this.#drawn.draw([this.line().slice(0, (stderr.columns || 80) - 1)])
    else stderr.write(`${this.line()}\n`)
  }
}
