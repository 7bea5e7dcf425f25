import { join } from 'node:path'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import type { EventOf, TopicName } from '../../../src/events/event-types.ts'
import { examplesOf, toRecord } from '../../../src/events/index.ts'
import { parseTokens } from '../../../src/server/access/tokens.ts'
import { type RunningServer, type ServeOptions, serve } from '../../../src/server/serve.ts'
import { PATIENCE } from '../../support/patience.ts'

export const TOKENS = {
  finance: 'finance-token-0123456789',
  operations: 'operations-token-0123456789',
  both: 'both-token-0123456789',
  writer: 'writer-token-0123456789',
  metrics: 'metrics-token-0123456789',
  input: 'input-token-0123456789',
} as const

export const TOKEN_TEXT = [
  `fin finance ${TOKENS.finance}`,
  `ops operations ${TOKENS.operations}`,
  `both finance,operations ${TOKENS.both}`,
  `desk finance,operations,write ${TOKENS.writer}`,
  `prometheus metrics ${TOKENS.metrics}`,
  `alertmanager input ${TOKENS.input}`,
].join('\n')

/** A server over a bus of its own; closed with the suite's `after`. */
export class TestServer {
  readonly bus: Bus
  readonly server: RunningServer

  private constructor(bus: Bus, server: RunningServer) {
    this.bus = bus
    this.server = server
  }

  static async start(dir: string, options: Partial<ServeOptions> = {}): Promise<TestServer> {
    const bus = await openBus(`embedded:${join(dir, 'bus')}`)
    const server = await serve({
      bus,
      clock: systemClock,
      logger: silentLogger,
      tokens: parseTokens(TOKEN_TEXT, 'test'),
      places: { hosts: [], origins: ['https://dash.example'] },
      host: '127.0.0.1',
      port: 0,
      insights: new Map([
        ['call_quality_at_risk', 'operations'],
        ['meeting_overload', 'finance'],
        ['workflow_bottleneck_growing', 'finance'],
      ]),
      writable: true,
      webRoot: join(dir, 'web'),
      version: '1.2.3',
      maxClients: 100,
      watchEvery: 50,
      ...options,
    })
    await server.loaded
    return new TestServer(bus, server)
  }

  fetch(path: string, token?: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(init.headers as Record<string, string>) }
    return fetch(`${this.server.url}${path}`, { ...init, headers })
  }

  async append<T extends TopicName>(topic: T, ...events: EventOf<T>[]): Promise<void> {
    await this.bus.append(
      topic,
      events.map((event) => toRecord(topic, event, { source: '/test' })),
    )
  }

  /** The topic's example, of now (retention takes what is old at once), with other fields. */
  async example<T extends TopicName>(topic: T, fields: Partial<EventOf<T>> = {}): Promise<EventOf<T>> {
    return { ...(await examplesOf(topic)).full, event_time: new Date().toISOString(), ...fields } as EventOf<T>
  }

  async close(): Promise<void> {
    await this.server.close()
    await this.bus.close()
  }
}

/** Until it holds; fails with `what`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still waiting: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
