/** PEM texts; nothing here is a path any more. */
export interface TlsOptions {
  /** Certificates that may vouch for the target; the system's when absent. */
  ca?: string
  /** This client's certificate and its key, where the target wants one. */
  cert?: string
  key?: string
  /** The name that the target's certificate must have, where it is not the address. */
  serverName?: string
  /** Take any certificate: encrypted, but nobody knows with whom. */
  skipVerify?: boolean
}

export interface Credentials {
  /** Sent with each call as the metadata `username` and `password` (gNMI specification, 3.1). */
  username?: string
  password?: string
  /** Sent as `authorization: Bearer …`, over TLS only. */
  token?: string
}

/** How a target is reached. */
export interface ConnectionOptions {
  /** HOST:PORT, one or several of the same device: all are tried at once, and the first that answers is used. */
  addresses: readonly string[]
  /** Absent: plaintext, which somebody has to ask for. */
  tls?: TlsOptions
  credentials?: Credentials
  /** ms until a connection must stand; default 10,000. */
  connectTimeout?: number
  /** Largest message that is taken, bytes; default 64 MiB. gRPC's own 4 MiB are too few for a whole tree. */
  maxMessageBytes?: number
  /** HTTP/2 flow control window in bytes; gRPC's 64 KiB when absent. 1 MiB serves targets far away. */
  windowBytes?: number
  /** Ask the target for a sign of life so often, ms, at least 10,000. Off by default: many targets end connections that ping (too_many_pings). */
  keepalive?: number
  /** What the target sees this client as, before gRPC's own name; default `shitops`. */
  userAgent?: string
}

export const CONNECTION_DEFAULTS = { connectTimeout: 10_000, maxMessageBytes: 64 << 20 } as const

/** gNMI's port as IANA has it (9339), for addresses that name none. */
export const DEFAULT_PORT = 9339
