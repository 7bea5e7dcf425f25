import type { Elem, Leaf } from '../openconfig.ts'

/** gNMI messages as @grpc/proto-loader hands them over with `keepCase`, `longs: String` and `enums: String`; only what the office uses. */
export interface Path {
  origin?: string
  target?: string
  elem?: Elem[]
}

export interface SubscribeRequest {
  subscribe?: SubscriptionList
  poll?: object
}

export interface SubscriptionList {
  prefix?: Path
  subscription?: Array<{ path?: Path; mode?: string; sample_interval?: string }>
  mode?: string
  encoding?: string
}

export interface TypedValue {
  string_val?: string
  uint_val?: string
  double_val?: number
}

export interface SubscribeResponse {
  update?: { timestamp: string; prefix: Path; update: Array<{ path: Path; val: TypedValue }> }
  sync_response?: boolean
}

/** How a leaf's value travels in encoding PROTO. */
export function typed(value: Leaf['value']): TypedValue {
  if (typeof value === 'bigint') return { uint_val: value.toString() }
  return typeof value === 'number' ? { double_val: value } : { string_val: value }
}

/**
 * Whether a leaf lies at or below a subscribed path: `*` is any one element, `...` any number of them, and a key that is
 * missing or `*` matches every value (gNMI specification 2.4.1 and the path conventions).
 */
export function covers(subscribed: readonly Elem[], leaf: readonly Elem[]): boolean {
  const [first, ...rest] = subscribed
  if (!first) return true
  if (first.name === '...') return covers(rest, leaf) || (leaf.length > 0 && covers(subscribed, leaf.slice(1)))
  const [head, ...below] = leaf
  if (!head || (first.name !== '*' && first.name !== head.name)) return false
  const keysMatch = Object.entries(first.key ?? {}).every(([name, value]) => value === '*' || head.key?.[name] === value)
  return keysMatch && covers(rest, below)
}
