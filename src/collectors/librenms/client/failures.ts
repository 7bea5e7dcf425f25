import { type ErrorCode, messageOf, ShitopsError } from '../../../base/errors.ts'

/** A failure of a request: our error, and what the client makes of it. */
export class LibrenmsFailure extends ShitopsError {
  /** HTTP status; undefined where there was no answer. */
  readonly status: number | undefined
  /** The same request may succeed later. */
  readonly passing: boolean
  /** ms that the server wants to be left alone. */
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, message: string, options: FailureOptions = {}) {
    super(code, message, options)
    this.status = options.status
    this.passing = options.passing ?? false
    this.retryAfter = options.retryAfter
  }
}

interface FailureOptions {
  status?: number
  passing?: boolean
  retryAfter?: number | undefined
  suggestions?: string[]
  cause?: unknown
}

const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/

/** No answer, or one that broke off: what the socket said. */
export function networkFailure(where: string, error: unknown): LibrenmsFailure {
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  if (TLS.test(code)) {
    return new LibrenmsFailure('SHITOPS_E_LIBRENMS_TLS', `no agreement with ${where} about TLS: ${messageOf(error)}`, {
      suggestions: ['--tls-ca FILE where its certificate is your own authority’s', '--skip-verify to take any certificate'],
    })
  }
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE') {
    return new LibrenmsFailure('SHITOPS_E_LIBRENMS_BROKEN', `${where} broke the connection off`, { passing: true })
  }
  const why = code === '' ? messageOf(error) : code
  return new LibrenmsFailure('SHITOPS_E_LIBRENMS_UNREACHABLE', `no connection to ${where}: ${why}`, {
    passing: true,
    suggestions: [`curl ${where}/system shows whether it answers here`],
  })
}

export const timeoutFailure = (where: string, what: string, ms: number) =>
  new LibrenmsFailure('SHITOPS_E_LIBRENMS_TIMEOUT', `${where} gave ${what} for ${ms / 1_000} s`, { passing: true })

/** A body that cannot be used. @param kind as in BrokenBody */
export function bodyFailure(where: string, kind: string, message: string, status: number): LibrenmsFailure {
  if (kind === 'html') {
    return new LibrenmsFailure('SHITOPS_E_LIBRENMS_NOT_API', `the answer of ${where} (HTTP ${status}) ${message}`, {
      status,
      suggestions: ['--url with the address of LibreNMS itself', 'look at the proxy before it'],
    })
  }
  return new LibrenmsFailure('SHITOPS_E_LIBRENMS_BROKEN', `the answer of ${where} ${message}`, { status, passing: true })
}

/** LibreNMS's answer to a path that it does not know, and to a wrong method. */
const NO_ROUTE = /route doesn't exist/i

const WEB_PAGE = 'text/html'

/**
 * What a status other than 2xx means.
 * @param message LibreNMS's own words; never from the body of a device
 */
export function statusFailure(
  where: string,
  status: number,
  message: string,
  headers: { get(name: string): string | null },
): LibrenmsFailure {
  const said = message === '' ? '' : `: ${message}`
  if (status === 401) {
    return new LibrenmsFailure('SHITOPS_E_LIBRENMS_AUTH', `${where} does not take the token (401)${said}`, {
      status,
      suggestions: ['make one in LibreNMS: gear, API, API settings', 'lnms api:token-create makes tokens for API v1 only'],
    })
  }
  if (status === 403) {
    return new LibrenmsFailure('SHITOPS_E_LIBRENMS_FORBIDDEN', `${where} does not allow this to the user of the token (403)${said}`, {
      status,
      suggestions: ['give the user the role global-read'],
    })
  }
  if (status === 429) {
    const retryAfter = parseRetryAfter(headers.get('retry-after'))
    return new LibrenmsFailure('SHITOPS_E_LIBRENMS_RATE_LIMITED', `${where} asks for fewer requests (429)`, {
      status,
      passing: true,
      retryAfter,
    })
  }
  if (status >= 300 && status < 400) {
    const to = safeLocation(headers.get('location'))
    return new LibrenmsFailure(
      'SHITOPS_E_LIBRENMS_NOT_API',
      `${where} sends elsewhere (${status}${to === '' ? '' : ` to ${to}`}); the token is not sent there`,
      {
        status,
        suggestions: ['--url with the address it sends to, if that is right'],
      },
    )
  }
  if (status >= 500) {
    const passing = status === 502 || status === 503 || status === 504
    const retryAfter = parseRetryAfter(headers.get('retry-after'))
    return new LibrenmsFailure('SHITOPS_E_LIBRENMS_FAILED', `${where} fails (${status})${said}`, { status, passing, retryAfter })
  }
  if (headers.get('content-type')?.startsWith(WEB_PAGE)) return bodyFailure(where, 'html', 'is a web page, not JSON', status)
  if (status === 404 && NO_ROUTE.test(message)) {
    return new LibrenmsFailure('SHITOPS_E_LIBRENMS_NO_ROUTE', `${where} is no route of this LibreNMS`, { status })
  }
  return new LibrenmsFailure('SHITOPS_E_LIBRENMS_REFUSED', `${where} refuses the request (${status})${said}`, { status })
}

/** Seconds, or a date. @returns ms */
export function parseRetryAfter(text: string | null, now = Date.now()): number | undefined {
  if (text === null) return undefined
  if (/^\d+$/.test(text.trim())) return Number(text) * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Without parameters: they may hold a token. */
function safeLocation(location: string | null): string {
  return location === null ? '' : location.replace(/[?#].*$/s, '').slice(0, 200)
}
