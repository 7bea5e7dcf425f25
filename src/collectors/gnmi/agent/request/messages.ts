/** gNMI requests as proto-loader hands them over with `keepCase`, `longs: String` and `enums: String`: what is not set is absent. */
export interface PathRequest {
  origin?: string
  target?: string
  elem?: Array<{ name?: string; key?: Record<string, string> }>
  /** Deprecated; old clients send it in place of `elem`. */
  element?: string[]
}

export interface SubscriptionRequest {
  path?: PathRequest
  mode?: string
  /** ns */
  sample_interval?: string
  suppress_redundant?: boolean
  /** ns */
  heartbeat_interval?: string
}

export interface SubscriptionListRequest {
  prefix?: PathRequest
  subscription?: SubscriptionRequest[]
  mode?: string
  encoding?: string
  updates_only?: boolean
}

export interface SubscribeRequest {
  subscribe?: SubscriptionListRequest
  poll?: object
}

export interface GetRequest {
  prefix?: PathRequest
  path?: PathRequest[]
  type?: string
  encoding?: string
}
