import { createServer, type Server, type Socket } from 'node:net'

/**
 * The TCP side of the target: it knows every connection, so that a script can cut one, or keep it from gRPC altogether (a port that says nothing,
 * speaks HTTP/1, or hangs up).
 */
export class Connections {
  readonly #server: Server
  /** By the client's end, `127.0.0.1:40404`. */
  readonly #sockets = new Map<string, Socket>()
  /** Connections accepted so far. */
  accepted = 0
  port = 0

  private constructor(take: (socket: Socket) => void) {
    // HTTP/2 sessions read and write the socket themselves and want it half open, as node:http2's own servers have it.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const name = `${socket.remoteAddress}:${socket.remotePort}`
      this.accepted++
      this.#sockets.set(name, socket)
      socket.on('close', () => this.#sockets.delete(name))
      // A client may go at any time.
      socket.on('error', () => {})
      take(socket)
    })
  }

  /** On 127.0.0.1; port 0 for any free one. Rejects with the system's error when it is taken. */
  static async listen(port: number, take: (socket: Socket) => void): Promise<Connections> {
    const self = new Connections(take)
    await new Promise<void>((resolve, reject) => {
      self.#server.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    const address = self.#server.address()
    self.port = typeof address === 'object' && address ? address.port : port
    return self
  }

  get open(): number {
    return this.#sockets.size
  }

  of(peer: string): Socket | undefined {
    return this.#sockets.get(peer)
  }

  cutAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy()
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.cutAll()
    await closed
  }
}
