import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A request of a client and the broker's answer to it, as they went over the wire. */
export interface Exchange {
  apiKey: number
  apiVersion: number
  /** Behind the request's header, as clients of this project write it. */
  request: Buffer
  /** Behind the correlation id. */
  answer: Buffer
  /** When the one and the other came by, ms since the epoch. */
  asked: number
  answered: number
}

/** Of the length in front of a frame, bytes. */
const LENGTH = 4
const REQUEST_HEADER = { apiKey: 0, apiVersion: 2, correlationId: 4, clientIdLength: 8, clientId: 10 }

/** Cuts a stream of bytes into frames without their lengths. */
export function frameCutter(onFrame: (frame: Buffer) => void): (bytes: Buffer) => void {
  let chunks: Buffer[] = []
  let count = 0
  let wanted = LENGTH
  return (bytes) => {
    chunks.push(bytes)
    count += bytes.length
    if (count < wanted) return
    let held = Buffer.concat(chunks)
    for (wanted = LENGTH; held.length >= wanted; wanted = LENGTH) {
      wanted += held.readInt32BE(0)
      if (held.length < wanted) break
      onFrame(Buffer.from(held.subarray(LENGTH, wanted)))
      held = held.subarray(wanted)
    }
    chunks = [held]
    count = held.length
  }
}

/** Stands between clients and a broker, passes everything on and writes down what the client of one name asked. */
export class Recorder {
  readonly port: number
  readonly exchanges: Exchange[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  /** @param broker its port, asked for at each connection: a recorder listens before the broker that advertises it runs */
  static async listen(clientId: string, broker: () => number): Promise<Recorder> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const recorder = new Recorder(server)
    server.on('connection', (client) => recorder.#pass(client, connect(broker(), '127.0.0.1'), clientId))
    return recorder
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #pass(client: Socket, broker: Socket, clientId: string): void {
    for (const socket of [client, broker]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
    }
    client.on('close', () => broker.destroy())
    broker.on('close', () => client.destroy())
    client.pipe(broker)
    broker.pipe(client)
    const open = new Map<number, Omit<Exchange, 'answer' | 'answered'>>()
    client.on(
      'data',
      frameCutter((frame) => {
        const { clientIdLength, clientId: at } = REQUEST_HEADER
        const end = at + Math.max(0, frame.readInt16BE(clientIdLength))
        if (frame.toString('utf8', at, end) !== clientId) return
        const request = { apiKey: frame.readInt16BE(0), apiVersion: frame.readInt16BE(2), request: frame.subarray(end), asked: Date.now() }
        open.set(frame.readInt32BE(REQUEST_HEADER.correlationId), request)
      }),
    )
    broker.on(
      'data',
      frameCutter((frame) => {
        const request = open.get(frame.readInt32BE(0))
        if (request) this.exchanges.push({ ...request, answer: frame.subarray(4), answered: Date.now() })
      }),
    )
  }
}
