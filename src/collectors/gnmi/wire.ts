import type { PathElem } from './path.ts'

/** gNMI messages as @grpc/proto-loader hands them over with `keepCase`, `longs: String`, `enums: String` and `oneofs: true`. */
export interface Path {
  element?: string[]
  origin?: string
  elem?: PathElem[]
  target?: string
}

export interface TypedValue {
  value?: string
  string_val?: string
  int_val?: string
  uint_val?: string
  bool_val?: boolean
  bytes_val?: Buffer
  float_val?: number
  decimal_val?: { digits?: string; precision?: number }
  leaflist_val?: { element?: TypedValue[] }
  any_val?: { type_url?: string; value?: Buffer }
  json_val?: Buffer
  json_ietf_val?: Buffer
  ascii_val?: string
  proto_bytes?: Buffer
  double_val?: number
}

export interface Notification {
  /** nanoseconds since the epoch */
  timestamp?: string
  prefix?: Path
  update?: Array<{ path?: Path; val?: TypedValue; duplicates?: number }>
  delete?: Path[]
  atomic?: boolean
}

export interface SubscribeResponse {
  update?: Notification
  sync_response?: boolean
  error?: { code?: number; message?: string }
}

export interface SubscribeRequest {
  subscribe: {
    prefix: Path
    mode: 'STREAM'
    encoding: 'PROTO'
    subscription: Array<{ path: Path; mode: 'SAMPLE'; sample_interval: string }>
  }
}
