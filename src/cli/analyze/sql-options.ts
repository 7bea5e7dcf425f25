import type { Writable } from 'node:stream'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'

export interface SqlOptions {
  readonly text: string
  /** Files that stand in for topics, by topic. */
  readonly inputs: ReadonlyMap<string, string>
  readonly output: 'ndjson' | 'json-rows' | 'table'
  /** Topics are read to the ends that they have now. */
  readonly untilEnd: boolean
  readonly start: 'earliest' | 'latest' | { readonly timestamp: number }
  /** Name of the job that an INSERT INTO a topic is. */
  readonly job?: string | undefined
  /** Forget what the jobs remember and begin afresh. */
  readonly reset?: boolean
  readonly idleTimeout: number
}

export interface SqlEnvironment {
  /** The bus, opened when a topic is read or written. */
  readonly open: () => Promise<Bus>
  /** Where the rows of a SELECT go, */
  readonly rows: Writable
  /** and what the print connector prints. */
  readonly stdout: Writable
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly columns: number | undefined
}
