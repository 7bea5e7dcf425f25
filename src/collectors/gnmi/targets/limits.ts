/** gRPC keeps its sizes in a signed 32-bit integer; timers of Node have as many ms. */
export const MAX_SIZE = 2 ** 31 - 1
/** HTTP/2's own window, bytes; below it nothing is gained. */
export const MIN_WINDOW = 65_535
/** ms; shorter pings are what targets end connections for. */
export const MIN_KEEPALIVE = 10_000
