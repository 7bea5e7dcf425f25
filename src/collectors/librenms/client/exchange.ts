import type { Agent } from 'node:http'
import { bodyFailure, LibrenmsFailure, networkFailure, statusFailure, timeoutFailure } from './failures.ts'
import { parseLossless } from './lossless.ts'
import type { Timeouts } from './options.ts'
import { redact, redactMessage } from './redact.ts'
import { BrokenBody, RowSplitter } from './row-splitter.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Columns of a row, or fields of an envelope, as the API gave them; secrets are gone, integers beyond 2^53 are text. */
export type Row = Readonly<Record<string, unknown>>

export interface Request {
  method: Method
  /** Below `/api/v0`, with its parameters: `/devices?type=down`. */
  path: string
  body?: unknown
  /** A column of rows that is not redacted: see {@link redact}. */
  verbatim?: string | undefined
}

export interface ExchangeOptions {
  /** `https://nms.example/api/v0` */
  address: string
  token: string
  agent: Agent
  timeouts: Timeouts
  signal: AbortSignal
  /** Awaited between the pieces of an answer: whoever is in no hurry lets others by. */
  giveWay?: (() => Promise<void>) | undefined
}

/** What LibreNMS answered to a request that changes something. `message` is its own, for people, without credentials. */
export interface Answer {
  status: number
  ok: boolean
  message: string
  /** Without secrets; undefined where the body was empty, as after a rename. */
  body: unknown
}

/**
 * So long a list may be read without letting others have their turn, ms. What has arrived already comes without waiting, so that a list of
 * many megabytes would hold up whoever follows the logs.
 */
const BREATH = 10

/** An error's body, which is one sentence, is read so far. */
const SMALL = 4 * 1024 * 1024

/** The rows of a list, in batches as they arrive, and at the end what was around them. */
export async function* readRows(request: Request, options: ExchangeOptions): AsyncGenerator<Row[], Row> {
  const exchange = new Exchange(request, options)
  try {
    const { status, headers } = await exchange.send()
    if (status < 200 || status > 299) {
      const { message, html } = errorBody(await exchange.text(SMALL))
      throw html && (status === 400 || status === 404)
        ? bodyFailure(exchange.where, 'html', 'is a web page, not JSON', status)
        : statusFailure(exchange.where, status, message, headers)
    }
    const splitter = new RowSplitter()
    for await (const chunk of exchange.chunks()) {
      const rows = splitter.push(chunk)
      if (rows.length > 0) yield rows.map((row) => redact(row, request.verbatim) as Row)
    }
    return envelopeOf(splitter.envelope(), exchange.where, status)
  } catch (error) {
    throw exchange.failureOf(error)
  } finally {
    exchange.end()
  }
}

/** One request and its whole answer, whatever its status says, except where no answer of LibreNMS's own came. */
export async function readAnswer(request: Request, options: ExchangeOptions): Promise<Answer> {
  const exchange = new Exchange(request, options)
  try {
    const { status, headers } = await exchange.send()
    const text = await exchange.text(SMALL)
    const { message, html, body } = errorBody(text)
    const ok = status >= 200 && status < 300
    if (html)
      throw ok || status < 500
        ? bodyFailure(exchange.where, 'html', 'is a web page, not JSON', status)
        : statusFailure(exchange.where, status, '', headers)
    if ([401, 403, 429, 502, 503, 504].includes(status) || (status >= 300 && status < 400))
      throw statusFailure(exchange.where, status, message, headers)
    if (!ok && body === undefined) throw statusFailure(exchange.where, status, message, headers)
    return { status, ok, message, body }
  } catch (error) {
    throw exchange.failureOf(error)
  } finally {
    exchange.end()
  }
}

function envelopeOf(envelope: unknown, where: string, status: number): Row {
  // Oxidized's lists are bare arrays.
  if (Array.isArray(envelope)) return {}
  const fields = redact(envelope) as Row
  if (fields.status === 'error') throw statusFailure(where, status === 200 ? 500 : status, messageText(fields.message), { get: () => null })
  return fields
}

function errorBody(text: string): { message: string; html: boolean; body: unknown } {
  const begin = text.replace(/^\uFEFF/, '').trimStart()
  if (begin === '') return { message: '', html: false, body: undefined }
  if (begin.startsWith('<')) return { message: '', html: true, body: undefined }
  try {
    const body = redact(parseLossless(begin))
    const said = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined
    return { message: messageText(said), html: false, body }
  } catch {
    return { message: '', html: false, body: undefined }
  }
}

/** A text, or, after a validation that failed, field names with their messages. */
function messageText(message: unknown): string {
  if (typeof message === 'string') return redactMessage(message)
  if (typeof message !== 'object' || message === null) return ''
  return redactMessage(
    Object.entries(message)
      .map(([field, texts]) => `${field}: ${[texts].flat().join(' ')}`)
      .join('; '),
  )
}

/** One request on the wire, under its three time limits. */
class Exchange {
  /** For messages: the address without parameters. */
  readonly where: string
  readonly #request: Request
  readonly #options: ExchangeOptions
  readonly #controller = new AbortController()
  readonly #onAbort = () => this.#controller.abort()
  #reason: LibrenmsFailure | undefined
  #idle: NodeJS.Timeout | undefined
  #overall: NodeJS.Timeout | undefined
  #body: AsyncIterable<Buffer | string> | null = null
  #whole = false

  constructor(request: Request, options: ExchangeOptions) {
    this.#request = request
    this.#options = options
    this.where = `${options.address}${request.path.replace(/[?#].*$/s, '')}`
  }

  async send(): Promise<{ status: number; headers: { get(name: string): string | null } }> {
    const { address, token, agent, timeouts, signal } = this.#options
    const { method, path, body } = this.#request
    const { default: fetch } = await import('node-fetch')
    signal.throwIfAborted()
    signal.addEventListener('abort', this.#onAbort, { once: true })
    this.#overall = setTimeout(() => this.#giveUp('no whole answer', timeouts.overall), timeouts.overall)
    this.#stillAlive()
    const response = await fetch(`${address}${path}`, {
      method,
      headers: {
        'X-Auth-Token': token,
        Accept: 'application/json',
        'User-Agent': 'shitops',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      agent,
      // node-fetch would take the token along to another host.
      redirect: 'manual',
      signal: this.#controller.signal,
    })
    this.#stillAlive()
    this.#body = response.body as AsyncIterable<Buffer> | null
    return response
  }

  async *chunks(): AsyncGenerator<Buffer> {
    if (this.#body === null) return
    let breath = performance.now()
    for await (const chunk of this.#body) {
      this.#stillAlive()
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      await this.#options.giveWay?.()
      if (performance.now() - breath > BREATH) {
        await new Promise(setImmediate)
        breath = performance.now()
      }
      // The reader may take its time; that is not the server's silence.
      this.#stillAlive()
    }
    this.#whole = true
  }

  async text(limit: number): Promise<string> {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of this.chunks()) {
      bytes += chunk.length
      if (bytes > limit) throw bodyFailure(this.where, 'malformed', `has more than ${limit} bytes`, 0)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  }

  failureOf(error: unknown): unknown {
    if (this.#options.signal.aborted) return this.#options.signal.reason
    if (this.#reason) return this.#reason
    if (error instanceof LibrenmsFailure) return error
    if (error instanceof BrokenBody) return bodyFailure(this.where, error.kind, error.message, 200)
    const code = (error as { code?: unknown }).code
    if (code === 'SHITOPS_CONNECT_TIMEOUT') return timeoutFailure(this.where, 'no connection', this.#options.timeouts.connect)
    if (typeof code === 'string' || (error as { name?: unknown }).name === 'FetchError') return networkFailure(this.where, error)
    return error
  }

  /** Lets go of everything; a connection with an answer that was not read to its end is not used again. */
  end(): void {
    clearTimeout(this.#idle)
    clearTimeout(this.#overall)
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    if (!this.#whole) this.#controller.abort()
  }

  #stillAlive(): void {
    clearTimeout(this.#idle)
    const { idle } = this.#options.timeouts
    this.#idle = setTimeout(() => this.#giveUp('no byte', idle), idle)
  }

  #giveUp(what: string, ms: number): void {
    this.#reason ??= timeoutFailure(this.where, what, ms)
    this.#controller.abort()
  }
}
