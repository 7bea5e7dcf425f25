import type { Logger } from '../../../base/log.ts'
import type { Metrics } from '../../metrics.ts'

/** A problem is told once, then every so many times. */
const SAMPLE_EVERY = 1_000

/** Counts input that cannot be used (`malformed`) and tells about a sample of it. Never quotes the input: it is about people. */
export class Problems {
  readonly #metrics: Metrics
  readonly #logger: Logger
  readonly #source: string
  #count = 0

  /** @param source names the input in the log: a path, a broker */
  constructor(source: string, { metrics, logger }: { metrics: Metrics; logger: Logger }) {
    this.#source = source
    this.#metrics = metrics
    this.#logger = logger
  }

  /** @param message what is wrong, without any of its bytes */
  add(message: string): void {
    this.#metrics.add('malformed')
    if (this.#count++ % SAMPLE_EVERY === 0) this.#logger.warn(`${this.#source}: ${message}`)
  }
}
