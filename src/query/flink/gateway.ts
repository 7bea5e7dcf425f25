import { messageOf, ShitopsError } from '../../base/errors.ts'
import { flinkError, readFailure } from './failure.ts'
import { parseLossless } from './lossless.ts'
import { FlinkSession } from './session.ts'

/** How long one answer of the gateway may take: it compiles a statement in the background, so every answer is short. */
const ANSWER_MS = 60_000

/**
 * Flink's SQL gateway, REST API v2 (nightlies.apache.org/flink, "SQL Gateway / REST Endpoint").
 * Errors: SHITOPS_E_FLINK_UNREACHABLE where nobody answers or the answer is not the gateway's, SHITOPS_E_FLINK_REFUSED with Flink's words.
 */
export class FlinkGateway {
  readonly #url: string

  /** @param url http(s)://host:port of the gateway, with the path of a proxy before it where there is one; SHITOPS_E_USAGE otherwise */
  constructor(url: string) {
    this.#url = checkedUrl(url)
  }

  /** Name and version, for example `Apache Flink`, `2.2.1`. */
  async info(): Promise<{ productName: string; version: string }> {
    const { productName, version } = (await this.call('GET', '/v2/info')) as Record<string, unknown>
    if (typeof productName !== 'string' || typeof version !== 'string') throw this.#notAGateway('it names no product')
    return { productName, version }
  }

  /** @param properties Flink settings of the session, by their names */
  async openSession(properties: Readonly<Record<string, string>> = {}): Promise<FlinkSession> {
    const { sessionHandle } = (await this.call('POST', '/v2/sessions', { properties })) as Record<string, unknown>
    if (typeof sessionHandle !== 'string') throw this.#notAGateway('it opens no session')
    return new FlinkSession(this, sessionHandle)
  }

  /** One exchange; resolves with the answer's JSON, numbers lossless. @param path from `/v2` on */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await this.#exchange(method, path, body)
    const answer = await parseLossless(text).catch(() => undefined)
    if (typeof answer !== 'object' || answer === null) throw this.#notAGateway(`HTTP ${status} without JSON`)
    if (status < 400) return answer
    const { errors } = answer as { errors?: unknown }
    // The gateway knows all of our paths; the job manager answers in the same form that it does not.
    if (!Array.isArray(errors) || status === 404) throw this.#notAGateway(`HTTP ${status}`)
    throw flinkError(readFailure(errors.map(String)))
  }

  async #exchange(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      const cause = error instanceof Error && error.cause ? error.cause : error
      throw new ShitopsError('SHITOPS_E_FLINK_UNREACHABLE', `no answer from the SQL gateway at ${this.#url}: ${messageOf(cause)}`, {
        suggestions: ['start it on the cluster: bin/sql-gateway.sh start', 'check --gateway; its default port is 8083'],
        cause: error,
      })
    }
  }

  #notAGateway(what: string): ShitopsError {
    return new ShitopsError('SHITOPS_E_FLINK_UNREACHABLE', `what answers at ${this.#url} is not Flink's SQL gateway: ${what}`, {
      suggestions: ["give the SQL gateway's address (port 8083), not the job manager's (8081)"],
    })
  }
}

function checkedUrl(text: string): string {
  const suggestions = ['give it as http://HOST:8083']
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new ShitopsError('SHITOPS_E_USAGE', "the address of Flink's SQL gateway is no http or https URL", { suggestions })
  }
  if (url.username !== '' || url.password !== '') {
    throw new ShitopsError('SHITOPS_E_USAGE', "the address of Flink's SQL gateway carries a user or password; the gateway knows none", {
      suggestions,
    })
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}
