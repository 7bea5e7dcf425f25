import { Refusal } from '../refusal.ts'
import type { Pattern } from '../tree/pattern.ts'
import type { AgentEncoding } from '../tree/typed-value.ts'
import type { SubscriptionListRequest, SubscriptionRequest } from './messages.ts'
import { readEncoding } from './read-encoding.ts'
import { readPath } from './read-path.ts'

/** A SubscriptionList that the agent can do. */
export interface SubscribePlan {
  target: string
  mode: 'STREAM' | 'ONCE' | 'POLL'
  encoding: AgentEncoding
  updatesOnly: boolean
  subscriptions: SubscriptionPlan[]
}

export interface SubscriptionPlan {
  pattern: Pattern
  mode: 'TARGET_DEFINED' | 'ON_CHANGE' | 'SAMPLE'
  /** ms; 0: as often as it gets */
  sampleInterval: number
  /** ms; 0: none */
  heartbeatInterval: number
  suppressRedundant: boolean
}

const MOST_SUBSCRIPTIONS = 256

/**
 * @param floor ms: the shortest interval that the agent does
 * @throws Refusal
 */
export function readList(list: SubscriptionListRequest, floor: number): SubscribePlan {
  const { prefix, subscription = [], mode = 'STREAM', encoding, updates_only } = list
  if (subscription.length === 0) throw new Refusal('INVALID_ARGUMENT', 'a SubscriptionList without a subscription')
  if (subscription.length > MOST_SUBSCRIPTIONS) {
    throw new Refusal('RESOURCE_EXHAUSTED', `${subscription.length} subscriptions in one list; ${MOST_SUBSCRIPTIONS} are the most`)
  }
  if (mode !== 'STREAM' && mode !== 'ONCE' && mode !== 'POLL') throw new Refusal('INVALID_ARGUMENT', `subscription mode ${mode}`)
  return {
    target: prefix?.target ?? '',
    mode,
    encoding: readEncoding(encoding),
    updatesOnly: updates_only === true,
    subscriptions: subscription.map((one) => readSubscription(one, prefix, mode === 'STREAM', floor)),
  }
}

function readSubscription(
  { path, mode = 'TARGET_DEFINED', sample_interval = '0', heartbeat_interval = '0', suppress_redundant }: SubscriptionRequest,
  prefix: SubscriptionListRequest['prefix'],
  streamed: boolean,
  floor: number,
): SubscriptionPlan {
  const pattern = readPath(prefix, path)
  if (mode !== 'TARGET_DEFINED' && mode !== 'ON_CHANGE' && mode !== 'SAMPLE') {
    throw new Refusal('INVALID_ARGUMENT', `stream mode ${mode}`)
  }
  if (streamed && mode === 'TARGET_DEFINED' && sample_interval !== '0') {
    throw new Refusal('INVALID_ARGUMENT', 'sample_interval with TARGET_DEFINED: the target chooses; ask for SAMPLE')
  }
  const checked = (name: string, ns: string) => (streamed ? interval(name, ns, floor) : 0)
  return {
    pattern,
    mode,
    sampleInterval: mode === 'SAMPLE' ? checked('sample_interval', sample_interval) : 0,
    heartbeatInterval: mode === 'TARGET_DEFINED' ? 0 : checked('heartbeat_interval', heartbeat_interval),
    suppressRedundant: suppress_redundant === true,
  }
}

/** Milliseconds. What cannot be kept must be refused (gNMI 3.5.1.5.2). */
function interval(name: string, ns: string, floor: number): number {
  const ms = Number(BigInt(ns)) / 1e6
  if (ms > 0 && ms < floor) throw new Refusal('INVALID_ARGUMENT', `${name} of ${ms} ms: ${floor} ms is the shortest, and 0 stands for it`)
  return ms
}
