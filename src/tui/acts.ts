import { messageOf } from '../base/errors.ts'
import type { SilenceWish } from '../live/commands.ts'

export interface Answer {
  readonly ok: boolean
  /** For people: what was done, or what went wrong and what to do. */
  readonly text: string
}

const WAIT_MS = 10_000

/** What changes something, asked of the server over REST with the token that opened the stream. */
export class Acts {
  readonly #base: string
  readonly #token: string

  /** @param url `ws://HOST:PORT` or the same with http */
  constructor(url: string, token: string) {
    this.#base = url.replace(/^ws/, 'http').replace(/\/$/, '')
    this.#token = token
  }

  ack(fingerprint: string, undo: boolean): Promise<Answer> {
    const path = `/api/v1/alerts/${encodeURIComponent(fingerprint)}/ack`
    return undo ? this.#send('DELETE', path, undefined, "It is nobody's again.") : this.#send('POST', path, {}, 'You are on it.')
  }

  silence(wish: SilenceWish): Promise<Answer> {
    return this.#send('POST', '/api/v1/silences', wish, `Silenced for ${wish.for}.`)
  }

  async #send(method: 'POST' | 'DELETE', path: string, body: object | undefined, done: string): Promise<Answer> {
    try {
      const answer = await fetch(new URL(path, this.#base), {
        method,
        headers: { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': 'application/json' }) },
        signal: AbortSignal.timeout(WAIT_MS),
        ...(body && { body: JSON.stringify(body) }),
      })
      if (answer.ok) return { ok: true, text: done }
      const { error } = (await answer.json().catch(() => ({}))) as { error?: { message: string; suggestions: string[] } }
      return { ok: false, text: error ? [error.message, ...error.suggestions].join(' · ') : `the server answered ${answer.status}` }
    } catch (error) {
      return { ok: false, text: `the server cannot be reached: ${messageOf(error)}` }
    }
  }
}
