import type { Logger } from '../../base/log.ts'
import type { ApiName, Calls, CustomCall } from './protocol.ts'
import type { Security } from './security.ts'
import type { Address, KafkaSettings } from './settings.ts'

export interface ConnectionContext {
  settings: KafkaSettings
  security: Security
  logger: Logger
}

export interface CallOptions {
  /** Longer than the request timeout, where the broker is meant to hold the answer back. */
  timeoutMs?: number
  /** Another version that has the same shape. */
  version?: number
}

/** One connection to one broker, logged in, its API versions known. Requests may be sent while others wait for their answers. */
export interface BrokerConnection {
  readonly address: string
  readonly isOpen: boolean
  /** The newest version of an API that the broker speaks, or -1. */
  newest(apiKey: number): number
  /** A request that kafkajs encodes. Error codes inside the answer are the caller's to read. */
  call<Api extends ApiName>(api: Api, args: Calls[Api][0], options?: CallOptions): Promise<Calls[Api][1]>
  /** A request of our own. */
  send<Answer>(call: CustomCall<Answer>, timeoutMs?: number): Promise<Answer>
  /** Resolves when what was sent has gone to the operating system: the brake for requests that get no answer. */
  drained(): Promise<void>
  /** The bytes of an answer that nobody looks at any more: their memory is used again. */
  recycle(answer: Buffer): void
  /** At once: waiting requests are rejected, nothing more is awaited from a broker that may be frozen. */
  close(): void
}

/** host:port, an IPv6 address in brackets. */
export function nameOf({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
