import type { ConnectionOptions } from './client/connection-options.ts'
import type { ExtensionMessage } from './request/extensions.ts'

/** Value encodings of gNMI by name, or by number where a target has one of its own. */
export type Encoding = 'JSON' | 'BYTES' | 'PROTO' | 'ASCII' | 'JSON_IETF' | number

/** How the target is to send some paths. Intervals are ms. */
export interface PathGroup {
  /** Paths as text, `/interfaces/interface[name=*]/state/counters`. */
  paths: readonly string[]
  /** Counts in a stream only. */
  mode: 'sample' | 'on_change' | 'target_defined'
  /** For `sample`: between two samples; 0 is as fast as the target can. */
  sampleInterval?: number
  /** For `on_change`, and for `sample` with `suppressRedundant`: send at least so often. */
  heartbeatInterval?: number
  /** For `sample`: leave out what has not changed. */
  suppressRedundant?: boolean
}

/** One Subscribe RPC of a target: paths in one mode or several. */
export interface Subscription {
  /** In every record and event; `default` where nobody named it. */
  name: string
  mode: 'stream' | 'once' | 'poll'
  /** `auto`: the best of those that the target names in its Capabilities. */
  encoding: Encoding | 'auto'
  groups: readonly PathGroup[]
  /** Path that all others continue, as text. */
  prefix?: string
  updatesOnly?: boolean
  /** DSCP of what the target sends; not sent unless asked for, since some refuse it. */
  qos?: number
  allowAggregation?: boolean
  models?: ReadonlyArray<{ name: string; organization?: string; version?: string }>
  extensions?: readonly ExtensionMessage[]
  /** For `poll`: ms between the end of one answer and the next question; default 10,000. */
  pollInterval?: number
  /** For `poll`: end after so many answers. */
  polls?: number
  /** ms of silence after which the stream is taken for dead; by default three intervals, where there is an interval. 0: never. */
  staleAfter?: number
}

/** A device: how it is reached, what is asked of it, and what its records say about it. */
export interface GnmiTarget {
  /** Key of its records. */
  name: string
  connection: ConnectionOptions
  subscriptions: readonly Subscription[]
  /** `prefix.target` of the requests: for a gateway that speaks for several devices. */
  prefixTarget?: string
  /** What the device is: `switch`, `laptop`. */
  role?: string
  /** For a laptop: whose, as an alias. */
  person?: string
  team?: string
  site?: string
}

/** What the collector runs on. */
export interface GnmiConfig {
  targets: readonly GnmiTarget[]
  /** Whole new sets of targets while it runs, each in place of the one before: those that stay the same are not disturbed. */
  changes?: AsyncIterable<readonly GnmiTarget[]>
}
