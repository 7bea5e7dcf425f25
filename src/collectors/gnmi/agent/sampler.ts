import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { Metrics } from '../../metrics.ts'
import { PathProblem, parsePath } from '../path/parse.ts'
import type { GnmiPath } from '../path/path.ts'
import type { Source } from './sources/source.ts'
import type { Leaf } from './tree/leaf.ts'
import type { Pattern } from './tree/pattern.ts'

/** What a source said last. */
export interface Reading {
  /** ms since the epoch: when the source began to be read, or ended if it is a slow one */
  readonly time: number
  readonly leaves: readonly Leaf[]
}

/** A source with its last reading. */
export class Sampled {
  readonly source: Source
  readonly roots: readonly GnmiPath[]
  reading: Reading | undefined
  failures = 0
  /** The reading that is under way, and when it began. */
  running: Promise<void> | undefined
  since = 0

  constructor(source: Source) {
    this.source = source
    this.roots = source.roots.map(root)
  }
}

/** ms that a reading is waited for; it goes on behind, nobody waits for it any more, and it is there when it is there. */
const PATIENCE = 5_000
/** Failed readings in a row after which the last good one counts as gone. */
const FAILURES = 3

export interface SamplerOptions {
  clock: Clock
  /** Counts `reads` of sources, and `read_failures`. */
  metrics: Metrics
  logger: Logger
}

/** Reads the sources for all streams together: what is fresh enough is not read again, and what nobody wants is not read at all. */
export class Sampler {
  readonly #clock: Clock
  readonly #metrics: Metrics
  readonly #logger: Logger
  readonly #sampled: readonly Sampled[]

  constructor(sources: readonly Source[], { clock, metrics, logger }: SamplerOptions) {
    this.#clock = clock
    this.#metrics = metrics
    this.#logger = logger
    this.#sampled = sources.map((source) => new Sampled(source))
  }

  /** The sources that may have leaves for the pattern. */
  behind(pattern: Pattern): Sampled[] {
    return this.#sampled.filter(({ roots }) => roots.some((path) => pattern.mayMatchBelow(path)))
  }

  /** Resolves when the sources have been read, those that are due; slow ones are only waited for when `whole` or nothing is there yet. */
  async refresh(wanted: Iterable<Sampled>, { whole = false } = {}): Promise<void> {
    const waited: Array<Promise<void>> = []
    // What is read together is of one time, and fits into one notification.
    const start = this.#clock.now()
    for (const one of new Set(wanted)) {
      const { source, reading } = one
      if (this.#isDue(one)) one.running ??= this.#read(one, start)
      if (one.running && start - one.since < PATIENCE && (!source.slow || !reading || (whole && this.#isDue(one)))) waited.push(one.running)
    }
    if (waited.length === 0) return
    const patience = new AbortController()
    await Promise.race([Promise.all(waited), this.#clock.sleep(PATIENCE, patience.signal)])
    patience.abort()
  }

  /** A tick may come a little early; a clock that was set back makes everything due. */
  #isDue({ source, reading }: Sampled): boolean {
    if (!reading) return true
    const age = this.#clock.now() - reading.time
    return age < 0 || age >= source.every * 0.9
  }

  async #read(one: Sampled, start: number): Promise<void> {
    const { source } = one
    one.since = start
    this.#metrics.add('reads')
    try {
      const leaves = await source.read()
      one.reading = { time: source.slow ? this.#clock.now() : start, leaves }
      one.failures = 0
    } catch (error) {
      this.#failed(one, error)
    } finally {
      one.running = undefined
    }
  }

  #failed(one: Sampled, error: unknown): void {
    this.#metrics.add('read_failures')
    one.failures++
    // Told when it begins, not each time.
    if (one.failures === 1) this.#logger.warn(`${one.source.name} cannot be read: ${messageOf(error)}`)
    if (one.failures >= FAILURES) one.reading = { time: this.#clock.now(), leaves: [] }
  }
}

function root(text: string): GnmiPath {
  const path = parsePath(text)
  if (path instanceof PathProblem) throw new Error(`${text}: ${path.message}`)
  return { origin: path.origin || 'openconfig', elems: path.elems }
}
