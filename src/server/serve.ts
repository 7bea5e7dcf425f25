import type { AddressInfo } from 'node:net'
import type { Clock } from '../base/clock.ts'
import { messageOf, ShitopsError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Bus } from '../bus/bus.ts'
import { createMissing } from '../bus/ops/create-missing.ts'
import type { PlaceRules } from './access/places.ts'
import { RateLimit } from './access/rate-limit.ts'
import type { Tokens } from './access/tokens.ts'
import { Feed } from './feed/feed.ts'
import { Follower } from './feed/follow.ts'
import type { Journal } from './feed/journal.ts'
import type { InsightChannels } from './feed/project.ts'
import { type HeadsetInsights, headsetInsights } from './feed/small-teams.ts'
import { FED_TOPICS } from './feed/topics.ts'
import { API_ROUTES, createApp } from './http/app.ts'
import type { HttpContext } from './http/context.ts'
import { createMetrics, type HttpMetrics } from './metrics/metrics.ts'
import { SocketDoor } from './socket/door.ts'
import { Hub } from './socket/hub.ts'
import { BusWatch } from './watch-bus.ts'

export interface ServeOptions {
  bus: Bus
  clock: Clock
  logger: Logger
  tokens: Tokens
  places: PlaceRules
  host: string
  /** 0: any that is free. */
  port: number
  /** PEM texts; absent: plain HTTP. */
  tls?: { cert: string; key: string } | undefined
  insights: InsightChannels
  /** Which insights draw on headsets; default: what the built-in ones say. */
  headsets?: HeadsetInsights | undefined
  /** Acknowledgements and silences are taken. */
  writable: boolean
  webRoot: string
  version: string
  /** WebSocket clients at once. */
  maxClients: number
  /** Smallest team that numbers and alerts are told of. */
  minCount?: number | undefined
  /** What commands must say with `--bus` to reach this bus: told to every client, so only of a server of this user alone. Absent: nothing. */
  namedBus?: string | undefined
  /** For tests. */
  limits?: { coalesceBytes: number; closeBytes: number } | undefined
  heartbeatMs?: number | undefined
  journal?(): Journal
  watchEvery?: number | undefined
  /** ms by which rates are told, where the clock is a simulation's. */
  ticking?: (() => number) | undefined
}

export interface RunningServer {
  /** `http://127.0.0.1:7468` */
  readonly url: string
  readonly port: number
  readonly feed: Feed
  readonly hub: Hub
  readonly door: SocketDoor
  readonly watch: BusWatch
  /** Everything that was on the bus at the start has been read; rejects with SHITOPS_E_BUS_AUTH where this user may not read some of it. */
  readonly loaded: Promise<void>
  /** Tell the clients, finish what is being answered, let go of the bus's readers; the bus itself stays open. */
  close(): Promise<void>
}

/** TCP connections beside those of WebSockets. */
const HTTP_CONNECTIONS = 256
const AUDITED_STRANGERS = 10

/**
 * Starts the server: it answers at once, and is ready when it has read the bus.
 * @throws SHITOPS_E_SERVE_LISTEN and those of the bus
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { bus, clock, logger, host, port, tls, maxClients, ticking } = options
  const stop = new AbortController()
  const { signal } = stop
  await createMissing(bus, [...FED_TOPICS.map(({ topic }) => topic), 'audit_log'])
  const feed = new Feed({ ...options, headsets: options.headsets ?? (await headsetInsights()) })
  const hub = new Hub(feed, clock)
  const follower = new Follower({ bus, feed, clock, logger, signal, onBatch: () => hub.schedule() })
  const watch = new BusWatch({
    ...{ bus, feed, clock, ticking, logger, signal },
    ...(options.watchEvery !== undefined && { every: options.watchEvery }),
  })
  const ready = () => follower.missing.length === 0
  const door = new SocketDoor({ ...options, hub, feed, tls: tls !== undefined, ready, oldestId: () => watch.oldestId() })
  const metrics = lazily(() => createMetrics({ feed, hub, door, watch, clock, ready }))
  const observed: HttpMetrics = {
    observe: (...request) =>
      void metrics().then(
        ({ http }) => http.observe(...request),
        () => {},
      ),
  }
  const context: HttpContext = {
    ...{ ...options, feed, watch, tls: tls !== undefined, http: observed, strangers: new RateLimit(AUDITED_STRANGERS) },
    missing: () => follower.missing,
    metricsText: async () => {
      const { registry } = await metrics()
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
    openapi: lazily(async () => (await import('./http/openapi.ts')).openapiDocument(API_ROUTES, options.version)),
    asyncapi: lazily(async () => (await import('./http/asyncapi.ts')).asyncapiDocument(options.version)),
  }
  const app = await createApp(context, { tls, maxConnections: maxClients + HTTP_CONNECTIONS })
  app.server.on('upgrade', (request, socket, head) => door.upgrade(request, socket, head))
  try {
    await app.listen({ host, port })
  } catch (error) {
    stop.abort()
    await door.close(0)
    throw new ShitopsError('SHITOPS_E_SERVE_LISTEN', `the server cannot listen on ${host}:${port}: ${messageOf(error)}`, {
      suggestions: ['--port 0 (any free port)', '--host 127.0.0.1'],
      cause: error,
    })
  }
  const running = Promise.all([follower.run(), watch.run()])
  const bound = (app.server.address() as AddressInfo).port
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    ...{ feed, hub, door, watch, port: bound, loaded: follower.loaded },
    url: `${tls ? 'https' : 'http'}://${shown}:${bound}`,
    close: async () => {
      await door.close()
      hub.stop()
      await app.close()
      stop.abort()
      await running
    },
  }
}

/** Made when it is asked for, once. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
