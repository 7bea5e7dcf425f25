import { createServer, type Server, type Socket } from 'node:net'
import { Aedes, type AuthenticateError, type Client } from 'aedes'

/** MQTT 3.1.1, 3.2.2.3: bad user name or password. */
const BAD_CREDENTIALS = 4

/** A real MQTT broker (aedes) on this machine. */
export class MqttBroker {
  readonly #broker: Aedes
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #port = 0

  private constructor(broker: Aedes) {
    this.#broker = broker
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      broker.handle(socket)
    })
  }

  static async start(): Promise<MqttBroker> {
    const broker = new MqttBroker(await Aedes.createBroker())
    await broker.listen()
    return broker
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  get clients(): number {
    return this.#broker.connectedClients
  }

  /** Take connections, on the same port as before. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
  }

  /** Cut every connection and take no more. */
  async vanish(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  requirePassword(user: string, password: string): void {
    this.#broker.authenticate = (_client: Client, name, given, done) => {
      if (name === user && given?.toString() === password) return done(null, true)
      done(Object.assign(new Error('bad user or password'), { returnCode: BAD_CREDENTIALS }) as AuthenticateError, false)
    }
  }

  /** Refuse to subscribe clients to the filters that match. */
  refuse(filter: RegExp): void {
    this.#broker.authorizeSubscribe = (_client, subscription, done) => done(null, filter.test(subscription.topic) ? null : subscription)
  }

  publish(topic: string, payload: unknown, { retain = false } = {}): Promise<void> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    return new Promise((resolve, reject) => {
      this.#broker.publish({ cmd: 'publish', topic, payload: Buffer.from(text), qos: 0, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      )
    })
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.vanish()
    await new Promise<void>((resolve) => this.#broker.close(resolve))
  }
}
