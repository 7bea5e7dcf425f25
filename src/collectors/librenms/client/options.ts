/** How a LibreNMS is reached. Times are ms. */
export interface LibrenmsConnection {
  /** Its web address, `https://nms.example`; `/api/v0` is added where it is not there. */
  url: string
  /** The API token; from a file or the environment, never from a command line. */
  token: string
  /** PEM of the authority that signed its certificate. */
  ca?: string | undefined
  /** Take any certificate. */
  skipVerify?: boolean | undefined
  timeouts?: Partial<Timeouts> | undefined
  /** Requests at once; each holds a worker of PHP. */
  concurrency?: number | undefined
  /** Attempts of a request that may be repeated. */
  attempts?: number | undefined
}

export interface Timeouts {
  /** Until the connection stands. */
  connect: number
  /** Without a byte. A long list takes LibreNMS long before its first byte. */
  idle: number
  /** Until the whole answer is there. */
  overall: number
}

export const DEFAULT_TIMEOUTS: Timeouts = { connect: 10_000, idle: 60_000, overall: 600_000 }
export const DEFAULT_CONCURRENCY = 4
export const DEFAULT_ATTEMPTS = 4
