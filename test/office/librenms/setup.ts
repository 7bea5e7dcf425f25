import type { Clock } from '../../../src/base/clock.ts'
import type { Row } from '../../../src/office/librenms/json.ts'
import type { Quirks } from '../../../src/office/librenms/quirks.ts'
import { LibrenmsServer, type Token } from '../../../src/office/librenms/server.ts'
import type { WorldOptions } from '../../../src/office/librenms/world/state.ts'
import { World } from '../../../src/office/librenms/world/world.ts'

export const TOKEN = '0123456789abcdef0123456789abcdef'
/** A summer's noon in UTC: 14:00 in Berlin. */
export const NOON = Date.UTC(2026, 6, 1, 12)

/** A clock that stands until it is moved; sleepers wake when it passes their time. */
export class HandClock implements Clock {
  #now: number

  constructor(now = NOON) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  set(now: number): void {
    this.#now = now
  }

  advance(ms: number): void {
    this.#now += ms
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms
  }
}

export interface Reply {
  status: number
  text: string
  json: Row
  headers: Headers
}

export interface Bench {
  clock: HandClock
  world: World
  server: LibrenmsServer
  /** A request below /api/v0, with the administrator's token unless another is given ('' for none). */
  ask(path: string, options?: { method?: string; body?: unknown; token?: string; headers?: Record<string, string> }): Promise<Reply>
  /** The rows of a list. */
  rows(path: string, key: string): Promise<Row[]>
}

/** A server for each test of the enclosing suite. */
export function useLibrenms(options: { quirks?: Partial<Quirks>; world?: Partial<WorldOptions>; tokens?: readonly Token[] } = {}): Bench {
  const bench = {} as Bench
  beforeEach(async () => {
    bench.clock = new HandClock()
    bench.world = new World({ clock: bench.clock, ...options.world })
    bench.server = await LibrenmsServer.listen({
      world: bench.world,
      token: [{ token: TOKEN, username: 'shitops', rights: 'admin' }, ...(options.tokens ?? [])],
      clock: bench.clock,
      ...(options.quirks && { quirks: options.quirks }),
    })
  })
  afterEach(async () => {
    const { mistakes } = bench.server
    await bench.server.close()
    if (mistakes.length > 0) throw mistakes[0]
  })
  bench.ask = async (path, { method = 'GET', body, token = TOKEN, headers = {} } = {}) => {
    const response = await fetch(`${bench.server.url}/api/v0${path}`, {
      method,
      headers: { ...(token !== '' && { 'X-Auth-Token': token }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    let json: Row = {}
    try {
      json = JSON.parse(text) as Row
    } catch {
      // A page of HTML; the test looks at the text.
    }
    return { status: response.status, text, json, headers: response.headers }
  }
  bench.rows = async (path, key) => {
    const { status, json } = await bench.ask(path)
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`)
    return json[key] as unknown as Row[]
  }
  return bench
}
