import type { Agent } from 'node:http'
import type { Clock } from '../../../base/clock.ts'
import { hasCode } from '../../../base/errors.ts'
import { apiAddress } from './address.ts'
import { Circuit, type CircuitState } from './circuit.ts'
import { type Answer, type ExchangeOptions, type Method, type Request, type Row, readAnswer, readRows } from './exchange.ts'
import { LibrenmsFailure } from './failures.ts'
import { DEFAULT_ATTEMPTS, DEFAULT_CONCURRENCY, DEFAULT_TIMEOUTS, type LibrenmsConnection } from './options.ts'
import { Slots } from './slots.ts'
import { timedAgent } from './timed-agent.ts'

export interface HttpContext {
  clock: Clock
  signal: AbortSignal
  /** In [0, 1): spreads repeated attempts. */
  random?: () => number
}

/** How a request is made. */
export interface Asking {
  /** It goes before those that wait for their turn: somebody waits for the answer, as nobody does for a sweep's. */
  urgent?: boolean | undefined
  /** A column whose text is not redacted. */
  verbatim?: string | undefined
}

/** What was asked so far. */
export interface HttpCounts {
  requests: number
  retries: number
  failures: number
}

const FIRST_WAIT = 500
const LONGEST_WAIT = 20_000
/** A server that wants to be left alone for longer is asked again all the same, at the pace of the schedule. */
const LONGEST_RETRY_AFTER = 60_000

/** A long list goes on after so long, ms, whatever is urgent: a piece of it at least. */
const LONGEST_WAY = 200

/**
 * Requests to one LibreNMS: at most four at once, repeated where that is safe and may help, none while the circuit is open. Everything that
 * leaves here is without secrets.
 */
export class LibrenmsHttp {
  readonly counts: HttpCounts = { requests: 0, retries: 0, failures: 0 }
  readonly #exchange: ExchangeOptions
  readonly #agent: Agent
  readonly #attempts: number
  readonly #slots: Slots
  readonly #circuit: Circuit
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #random: () => number

  constructor(connection: LibrenmsConnection, { clock, signal, random = Math.random }: HttpContext) {
    const address = apiAddress(connection.url)
    const concurrency = connection.concurrency ?? DEFAULT_CONCURRENCY
    const timeouts = { ...DEFAULT_TIMEOUTS, ...connection.timeouts }
    this.#agent = timedAgent(address, connection, timeouts, concurrency)
    this.#exchange = { address, token: connection.token, agent: this.#agent, timeouts, signal }
    this.#attempts = connection.attempts ?? DEFAULT_ATTEMPTS
    this.#slots = new Slots(concurrency)
    this.#circuit = new Circuit(clock)
    this.#clock = clock
    this.#signal = signal
    this.#random = random
  }

  get circuit(): CircuitState {
    return this.#circuit.state
  }

  /** ms until something may be asked again. */
  get rest(): number {
    return this.#circuit.wait
  }

  /**
   * The rows of `GET path` in batches as they arrive; at the end what was around them. When the answer breaks off it is asked for again from
   * its beginning: rows may come twice, and never go missing.
   * @throws LibrenmsFailure
   */
  async *rows(path: string, { urgent }: Asking = {}): AsyncGenerator<Row[], Row> {
    for (let attempt = 1; ; attempt++) {
      const leave = await this.#enter(urgent)
      let finished = false
      try {
        const giveWay = urgent ? undefined : () => this.#slots.giveWay(LONGEST_WAY)
        const envelope = yield* readRows({ method: 'GET', path }, { ...this.#exchange, giveWay })
        this.#circuit.succeeded()
        finished = true
        return envelope
      } catch (error) {
        finished = true
        await this.#failed(error, attempt, leave)
      } finally {
        // The reader went away in the middle: that says nothing about the server.
        if (!finished) this.#circuit.left()
        leave()
      }
    }
  }

  /** All rows of a small list, each once. */
  async list(path: string, { urgent, verbatim }: Asking = {}): Promise<{ rows: Row[]; envelope: Row }> {
    for (let attempt = 1; ; attempt++) {
      const leave = await this.#enter(urgent)
      try {
        const rows: Row[] = []
        const reading = readRows({ method: 'GET', path, verbatim }, this.#exchange)
        let next = await reading.next()
        while (!next.done) {
          rows.push(...next.value)
          next = await reading.next()
        }
        this.#circuit.succeeded()
        return { rows, envelope: next.value }
      } catch (error) {
        await this.#failed(error, attempt, leave)
      } finally {
        leave()
      }
    }
  }

  /**
   * One request and LibreNMS's own answer, whatever its status: many of its refusals are a 500 or even a 200. GETs are repeated; others only
   * with `idempotent`, since one that broke off may have been done.
   * @throws LibrenmsFailure where no answer of LibreNMS's came: no connection, 401, 403, 429, 502 to 504, a web page
   */
  async call(method: Method, path: string, body?: unknown, options: { idempotent?: boolean } = {}): Promise<Answer> {
    const request: Request = { method, path, ...(body !== undefined && { body }) }
    const repeat = method === 'GET' || options.idempotent === true
    for (let attempt = 1; ; attempt++) {
      const leave = await this.#enter()
      try {
        const answer = await readAnswer(request, this.#exchange)
        this.#circuit.succeeded()
        return answer
      } catch (error) {
        await this.#failed(error, repeat ? attempt : this.#attempts, leave)
      } finally {
        leave()
      }
    }
  }

  /** Closes what is open. */
  close(): void {
    this.#agent.destroy()
  }

  async #enter(urgent = false): Promise<() => void> {
    const leave = await this.#slots.take(urgent)
    try {
      this.#signal.throwIfAborted()
      this.#circuit.enter()
    } catch (error) {
      leave()
      throw error
    }
    this.counts.requests++
    return leave
  }

  /** Waits for the next attempt, or throws when there is none. */
  async #failed(error: unknown, attempt: number, leave: () => void): Promise<void> {
    const failure = error instanceof LibrenmsFailure ? error : undefined
    if (!failure) {
      this.#circuit.left()
      throw error
    }
    const again = failure.passing && attempt < this.#attempts && this.#circuit.state === 'closed'
    if (!again) {
      this.counts.failures++
      if (blames(failure)) this.#circuit.failed()
      // It answered: an open circuit may close.
      else this.#circuit.succeeded()
      throw error
    }
    this.counts.retries++
    leave()
    await this.#clock.sleep(this.#wait(failure, attempt), this.#signal)
    this.#signal.throwIfAborted()
  }

  #wait({ retryAfter }: LibrenmsFailure, attempt: number): number {
    const spread = 0.5 + this.#random()
    const backoff = Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT) * spread
    return retryAfter === undefined ? backoff : Math.max(backoff, Math.min(retryAfter, LONGEST_RETRY_AFTER) + 250 * spread)
  }
}

/** A refusal is an answer; a rate limit, a failure and silence are not. */
const blames = (failure: LibrenmsFailure): boolean =>
  failure.passing || hasCode(failure, 'SHITOPS_E_LIBRENMS_FAILED') || hasCode(failure, 'SHITOPS_E_LIBRENMS_NOT_API')
