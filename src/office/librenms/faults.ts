/** What goes wrong between LibreNMS and a client: in the web server, a proxy, the network. */
export type FaultKind =
  /** An answer of that status; by a proxy, with its page, unless `page` is false. */
  | { kind: 'status'; status: 429 | 500 | 502 | 503 | 504; retryAfter?: number; page?: boolean }
  /** 200 with a page of HTML: a login page, a captive portal. */
  | { kind: 'html' }
  /** The body stops after so many bytes. `clean`: it ends as if it were whole, as of a PHP that ran out of memory. */
  | { kind: 'truncate'; bytes: number; clean?: boolean }
  /** Nothing for so long, ms; then the body in pieces with that pause between them. */
  | { kind: 'slow'; first: number; between?: number; piece?: number }
  /** The connection is reset before there is an answer. */
  | { kind: 'reset' }
  /** No answer ever, until the client gives up. */
  | { kind: 'hang' }

export type Fault = FaultKind & {
  /** Name of the route, or what its path matches; every request otherwise. */
  on?: string | RegExp
  /** How many requests to let pass first. */
  after?: number
  /** How many requests it hits; all otherwise. */
  times?: number
}

/** A fault in force. */
export interface Trouble {
  readonly hits: number
  stop(): void
}

export class Faults {
  #active: { fault: Fault; passed: number; hits: number }[] = []

  add(fault: Fault): Trouble {
    const entry = { fault, passed: 0, hits: 0 }
    this.#active.push(entry)
    return {
      get hits() {
        return entry.hits
      },
      stop: () => {
        this.#active = this.#active.filter((other) => other !== entry)
      },
    }
  }

  clear(): void {
    this.#active = []
  }

  /** The first fault that hits this request, counted. */
  next(route: string, path: string): Fault | undefined {
    for (const entry of this.#active) {
      const { on, after = 0, times = Number.POSITIVE_INFINITY } = entry.fault
      const meant = on === undefined || (typeof on === 'string' ? on === route : on.test(path))
      if (!meant || entry.hits >= times) continue
      if (entry.passed++ < after) continue
      entry.hits++
      return entry.fault
    }
    return undefined
  }
}

const REASONS: Record<number, string> = {
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
}

/** What a web server in front says. */
export function proxyPage(status: number): string {
  const title = `${status} ${REASONS[status] ?? ''}`
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
}

export const LOGIN_PAGE =
  '<!DOCTYPE html>\n<html lang="en"><head><title>Login</title></head><body><form method="post"></form></body></html>\n'
