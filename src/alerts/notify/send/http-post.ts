import type { Outcome } from '../dispatch.ts'

export interface HttpPost {
  /** May be a secret: it is in no outcome. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** ms */
  readonly timeout: number
  readonly signal: AbortSignal
  /** ms since the epoch, for a Retry-After that is a date. */
  readonly now: () => number
}

/** Says "later": the same call may be taken then. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * One POST and what it means: 2xx is taken; 408, 425, 429, 5xx and no answer may pass; anything else would be refused again. Redirects are
 * refusals: what was said to one address is not said to another.
 */
export async function httpPost({ url, headers = {}, body, timeout, signal, now }: HttpPost): Promise<Outcome> {
  const { default: fetch } = await import('node-fetch')
  // A timer of our own: it keeps the process, and signals that are put together may be collected before they fire (Node 20).
  const stop = new AbortController()
  const abort = () => stop.abort()
  const timer = setTimeout(abort, timeout)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'shitops', ...headers },
      body,
      redirect: 'manual',
      // node-fetch has types of its own for what the platform has by now.
      signal: stop.signal as never,
    })
    // What is not read would hold the connection.
    response.body?.resume()
    return outcomeOf(response.status, response.statusText, response.headers.get('retry-after'), now())
  } catch (error) {
    if (signal.aborted) return { kind: 'later', why: 'stopped' }
    return { kind: 'later', why: stop.signal.aborted ? `no answer within ${timeout} ms` : `no connection (${codeOf(error)})` }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** @param retryAfter seconds or a date, as HTTP has it */
export function outcomeOf(status: number, text: string, retryAfter: string | null, now: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  const why = `HTTP ${status} ${text}`.trim()
  if (status < 500 && !PASSING.has(status)) return { kind: 'refused', why }
  const askedFor = retryAfter === null ? undefined : waitOf(retryAfter, now)
  return { kind: 'later', why, ...(askedFor !== undefined && { askedFor }) }
}

function waitOf(text: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** The code of a failure: its text may name the address. */
function codeOf(error: unknown): string {
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: { code?: unknown } }
  return String(code ?? cause?.code ?? name ?? 'failed')
}
