import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../../../base/clock.ts'
import type { Logger } from '../../../../base/log.ts'
import type { Metrics } from '../../../metrics.ts'
import { Refusal } from '../refusal.ts'

export interface Credentials {
  username: string
  password: string
}

/** What a call shows: its metadata, as grpc-js has it. */
export interface Shown {
  get(name: string): Array<string | Buffer>
}

interface Failures {
  count: number
  /** Refusals that are being held back. */
  held: number
}

/** ms before a refusal goes out: doubling with each one in a row. */
const FIRST_DELAY = 250
const LAST_DELAY = 8_000
/** Refusals held back for one address at a time; whoever tries more at once is not even looked at. */
const MOST_HELD = 4
/** Addresses that are remembered. */
const MOST_ADDRESSES = 1_000

/**
 * Lets in who shows the user name and the password (metadata `username` and `password`, gNMI authentication 3.1). A wrong one is counted
 * (`unauthenticated`), and answered later each time.
 */
export class Gate {
  readonly #expected: Buffer
  readonly #clock: Clock
  readonly #metrics: Metrics
  readonly #logger: Logger
  readonly #failures = new Map<string, Failures>()

  constructor(credentials: Credentials, options: { clock: Clock; metrics: Metrics; logger: Logger }) {
    this.#expected = digest(credentials.username, credentials.password)
    this.#clock = options.clock
    this.#metrics = options.metrics
    this.#logger = options.logger
  }

  /**
   * @param host the client's address without its port
   * @throws Refusal UNAUTHENTICATED, or RESOURCE_EXHAUSTED for too many at once
   */
  async admit(shown: Shown, host: string): Promise<void> {
    const failures = this.#failures.get(host)
    if (failures && failures.held >= MOST_HELD) {
      this.#metrics.add('unauthenticated')
      throw new Refusal('RESOURCE_EXHAUSTED', 'too many wrong passwords at once; wait for the answers')
    }
    if (timingSafeEqual(digest(text(shown, 'username'), text(shown, 'password')), this.#expected)) {
      if (failures?.held === 0) this.#failures.delete(host)
      return
    }
    await this.#refuse(host)
  }

  async #refuse(host: string): Promise<never> {
    const failures = this.#failures.get(host) ?? { count: 0, held: 0 }
    this.#remember(host, failures)
    const delay = Math.min(FIRST_DELAY * 2 ** failures.count, LAST_DELAY)
    failures.count++
    failures.held++
    this.#metrics.add('unauthenticated')
    // The first of a row, then each doubling.
    if (Number.isInteger(Math.log2(failures.count))) this.#logger.warn(`${host}: wrong user name or password (${failures.count} in a row)`)
    await this.#clock.sleep(delay)
    failures.held--
    throw new Refusal('UNAUTHENTICATED', 'wrong user name or password (metadata username and password)')
  }

  #remember(host: string, failures: Failures): void {
    this.#failures.delete(host)
    this.#failures.set(host, failures)
    if (this.#failures.size <= MOST_ADDRESSES) return
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined) this.#failures.delete(oldest)
  }
}

/** Of one length whatever is shown, so that the comparison takes the same time. */
function digest(username: string, password: string): Buffer {
  return createHash('sha256').update(`${username.length}:${username}${password}`).digest()
}

const text = (shown: Shown, name: string) => String(shown.get(name)[0] ?? '')
