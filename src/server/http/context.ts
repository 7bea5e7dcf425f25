import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import type { PlaceRules } from '../access/places.ts'
import type { RateLimit } from '../access/rate-limit.ts'
import type { Grant, Tokens } from '../access/tokens.ts'
import type { Feed } from '../feed/feed.ts'
import type { HttpMetrics } from '../metrics/metrics.ts'
import type { BusWatch } from '../watch-bus.ts'

/** What the routes work with. */
export interface HttpContext {
  bus: Bus
  feed: Feed
  watch: BusWatch
  clock: Clock
  logger: Logger
  tokens: Tokens
  places: PlaceRules
  tls: boolean
  /** Acknowledgements and silences are taken, of tokens with the role `write`. */
  writable: boolean
  /** Folder of the web page; answers 404 with a word of explanation while there is none. */
  webRoot: string
  /** What is missing for answers to be whole, in words. */
  missing(): string[]
  metricsText(): Promise<{ contentType: string; text: string }>
  http: HttpMetrics
  /** Attempts of strangers that are put on the audit log: the rest is only counted. */
  strangers: RateLimit
  openapi(): Promise<unknown>
  asyncapi(): Promise<unknown>
}

/** A request as a route sees it. */
export interface Call {
  readonly grant: Grant
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** Part of a JSON Schema; refs point to `#/components/schemas/`. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One operation of the API: from it come the route, its checks and its part of the OpenAPI document. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With parameters as `:name`. */
  readonly path: string
  readonly id: string
  readonly summary: string
  /** `write` and `input` also ask for the server to be writable, and are put on the audit log. */
  readonly needs: 'channel' | 'operations' | 'write' | 'input'
  /** The body is handed on as text, whatever it says it is: its sender cannot be taught. */
  readonly raw?: boolean
  readonly query?: Readonly<Record<string, JsonSchema>>
  readonly body?: JsonSchema
  readonly status?: number
  readonly answer: JsonSchema
  /** For the audit log. */
  readonly action?: string
  run(call: Call, context: HttpContext): Promise<unknown>
}
