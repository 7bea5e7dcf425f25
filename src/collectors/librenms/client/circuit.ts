import type { Clock } from '../../../base/clock.ts'
import { ShitopsError } from '../../../base/errors.ts'

/** So many requests in a row must fail, each after its own attempts. */
const THRESHOLD = 5
const FIRST_REST = 15_000
const LONGEST_REST = 300_000

export type CircuitState = 'closed' | 'open' | 'half_open'

/**
 * Leaves a LibreNMS that fails in peace: after five failures in a row nothing is asked for 15 s, then one request tries; each that fails
 * doubles the rest, to five minutes at most.
 */
export class Circuit {
  readonly #clock: Clock
  #failures = 0
  #rest = FIRST_REST
  #until = 0
  #trying = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get state(): CircuitState {
    if (this.#failures < THRESHOLD) return 'closed'
    return this.#clock.now() < this.#until ? 'open' : 'half_open'
  }

  /** ms until a request may try again; 0: now. */
  get wait(): number {
    return this.state === 'open' ? this.#until - this.#clock.now() : 0
  }

  /** @throws SHITOPS_E_LIBRENMS_CIRCUIT */
  enter(): void {
    const { state } = this
    if (state === 'closed') return
    if (state === 'half_open' && !this.#trying) {
      this.#trying = true
      return
    }
    const seconds = Math.ceil(Math.max(this.wait, 1_000) / 1_000)
    throw new ShitopsError(
      'SHITOPS_E_LIBRENMS_CIRCUIT',
      `LibreNMS failed ${this.#failures} times in a row; nothing is asked of it for ${seconds} s`,
    )
  }

  succeeded(): void {
    this.#failures = 0
    this.#rest = FIRST_REST
    this.#trying = false
  }

  /** It was not LibreNMS that ended the request. */
  left(): void {
    this.#trying = false
  }

  failed(): void {
    this.#failures++
    this.#trying = false
    if (this.#failures < THRESHOLD) return
    this.#until = this.#clock.now() + this.#rest
    this.#rest = Math.min(this.#rest * 2, LONGEST_REST)
  }
}
