import type { GnmiTarget, Subscription } from '../config.ts'
import type { Malformed } from '../wire/malformed.ts'
import type { SubscribeResponse } from '../wire/response.ts'

/** One stream: a Subscribe RPC from its beginning to its end. */
export interface StreamInfo {
  target: GnmiTarget
  subscription: Subscription
  /** Sync epoch: one more with every new stream. */
  epoch: number
  /** HOST:PORT of the connection; of the first address while there is none. */
  address: string
}

/** Something about the stream itself. */
export interface StreamFact {
  kind: 'connected' | 'synced' | 'stale' | 'lost' | 'refused'
  /** What happened, for people. */
  detail?: string
  /** gRPC status name */
  status?: string
}

/** Takes what one stream brings, in order. Nothing here waits: the pump sees to it that not too much is pending. */
export interface StreamWriter {
  /** @param response of kind `notification`; good until return. @param receivedAt ms since the epoch */
  notification(response: SubscribeResponse, receivedAt: number): void
  /** @param problem why the message cannot be read */
  malformed(problem: Pick<Malformed, 'message'>, bytes: Buffer): void
  /** @param at ms since the epoch */
  fact(fact: StreamFact, at: number): void
}

/** Where streams lead: the bus, standard output, or both. */
export interface Outlet {
  open(stream: StreamInfo): StreamWriter
  /** Bytes taken and not yet written. */
  readonly pending: number
  /** Write all that was taken so far. Rejects when that cannot be done, ever. */
  flush(): Promise<void>
  /** The target is gone for good: what was kept for it is let go. */
  forget?(target: string): void
}

/** One outlet out of several. */
export function allOutlets(outlets: readonly Outlet[]): Outlet {
  const [only] = outlets
  if (outlets.length === 1 && only) return only
  return {
    open: (stream) => {
      const writers = outlets.map((outlet) => outlet.open(stream))
      return {
        notification: (response, receivedAt) => {
          for (const writer of writers) writer.notification(response, receivedAt)
        },
        malformed: (problem, bytes) => {
          for (const writer of writers) writer.malformed(problem, bytes)
        },
        fact: (fact, at) => {
          for (const writer of writers) writer.fact(fact, at)
        },
      }
    },
    get pending() {
      return outlets.reduce((sum, outlet) => sum + outlet.pending, 0)
    },
    flush: async () => {
      await Promise.all(outlets.map((outlet) => outlet.flush()))
    },
    forget: (target) => {
      for (const outlet of outlets) outlet.forget?.(target)
    },
  }
}
