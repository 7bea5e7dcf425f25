import type { AskedExtension, AskedPath, AskedSubscribe, AskedSubscription } from './messages.ts'

/** What a strict target knows beside the request itself. */
export interface RequestContext {
  /** SubscriptionLists that came before on the same RPC. */
  earlier?: number
  /** What the user asked for in so many words, and so is no accident. */
  asked?: { qos?: boolean; allowAggregation?: boolean; useModels?: boolean }
}

/** Below this a sample interval is no nanoseconds: 1 ms. */
const SHORTEST_INTERVAL = 1_000_000n

/**
 * What a strict target refuses in a SubscribeRequest, each as `NUMBER: what`, by the statements of docs/gnmi-conformance.md (gNMI specification
 * 0.10.0: 2.2.2.1, 2.7, 3.5.1.1, 3.5.1.2, 3.5.1.5). Empty for a request that every target takes.
 */
export function violations(request: AskedSubscribe, { earlier = 0, asked = {} }: RequestContext = {}): string[] {
  const list = request.subscribe
  if (!list) {
    return earlier > 0 && request.poll ? [] : [`1: the first message of the RPC carries ${request.request ?? 'nothing'}, not subscribe`]
  }
  if (earlier > 0) return ['1: a second SubscriptionList on one RPC']
  const found: string[] = []
  const subscriptions = list.subscription ?? []
  if (subscriptions.length === 0) found.push('2: no subscription in the list')
  found.push(
    ...pathViolations(
      list.prefix,
      subscriptions.map(({ path }) => path),
    ),
  )
  const mode = list.mode ?? 'STREAM'
  for (const [i, subscription] of subscriptions.entries()) {
    const about = mode === 'STREAM' ? streamViolations(subscription) : onceViolations(subscription, mode)
    found.push(...about.map((what) => `${what} (subscription ${i})`))
  }
  if (list.qos && !asked.qos) found.push('15: qos is set')
  if (list.allow_aggregation && !asked.allowAggregation) found.push('15: allow_aggregation is set')
  if (list.use_models?.length && !asked.useModels) found.push('15: use_models is set')
  return [...found, ...extensionViolations(request.extension ?? [], mode)]
}

/** What is wrong with the paths of any request: also those of Get and Set. */
export function pathViolations(prefix: AskedPath | undefined, paths: ReadonlyArray<AskedPath | undefined>): string[] {
  const found: string[] = []
  const all: Array<[string, AskedPath | undefined]> = [
    ['prefix', prefix],
    ...paths.map((path, i): [string, typeof path] => [`path ${i}`, path]),
  ]
  for (const [where, path] of all) {
    if (path?.element?.length) found.push(`11: element is used (${where})`)
    if (path?.elem?.some(({ name }) => !name)) found.push(`7: an elem without a name (${where})`)
    if (path?.elem?.some(({ key = {} }) => '' in key)) found.push(`8: a key without a name (${where})`)
  }
  for (const [i, path] of paths.entries()) {
    if (path?.target) found.push(`4: target in a path (path ${i})`)
    if (path?.origin && prefix?.origin) found.push(`5: origin in the prefix and in a path (path ${i})`)
    else if (path?.origin && prefix?.elem?.length) found.push(`5: origin in a path under a prefix with elems (path ${i})`)
  }
  return found
}

const isSet = (interval: string | undefined) => interval !== undefined && interval !== '0'

function streamViolations(subscription: AskedSubscription): string[] {
  const { mode = 'TARGET_DEFINED', sample_interval, heartbeat_interval, suppress_redundant } = subscription
  const found: string[] = []
  for (const [name, interval] of Object.entries({ sample_interval, heartbeat_interval })) {
    if (interval !== undefined && isSet(interval) && BigInt(interval) < SHORTEST_INTERVAL) {
      found.push(`12: ${name} of ${interval} ns`)
    }
  }
  if (mode !== 'SAMPLE' && isSet(sample_interval)) found.push(`13: sample_interval with ${mode}`)
  if (mode !== 'SAMPLE' && suppress_redundant) found.push(`14: suppress_redundant with ${mode}`)
  if (mode === 'TARGET_DEFINED' && isSet(heartbeat_interval)) found.push('14: heartbeat_interval with TARGET_DEFINED')
  if (mode === 'SAMPLE' && isSet(heartbeat_interval) && !suppress_redundant) {
    found.push('14: heartbeat_interval with SAMPLE, without suppress_redundant')
  }
  return found
}

function onceViolations(subscription: AskedSubscription, mode: string): string[] {
  const { sample_interval, heartbeat_interval, suppress_redundant } = subscription
  const fields = {
    mode: subscription.mode !== undefined,
    sample_interval: isSet(sample_interval),
    heartbeat_interval: isSet(heartbeat_interval),
    suppress_redundant,
  }
  return Object.entries(fields)
    .filter(([, set]) => set)
    .map(([name]) => `16: ${name} with ${mode}`)
}

function extensionViolations(extensions: readonly AskedExtension[], mode: string): string[] {
  const found: string[] = []
  for (const { history } of extensions) {
    if (history?.snapshot_time !== undefined && mode !== 'ONCE') found.push(`17: a history snapshot with ${mode}`)
    if (history?.range && mode !== 'STREAM') found.push(`17: a history range with ${mode}`)
    if (history?.range && BigInt(history.range.start ?? 0) > BigInt(history.range.end ?? 0))
      found.push('17: a history range that ends before it starts')
  }
  return found
}
