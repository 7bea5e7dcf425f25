import * as grpc from '@grpc/grpc-js'
import { systemClock } from '../../../../../src/base/clock.ts'
import { silentLogger } from '../../../../../src/base/log.ts'
import { AgentServer, type AgentServerOptions } from '../../../../../src/collectors/gnmi/agent/rpc/agent-server.ts'
import { loadGnmi } from '../../../../../src/collectors/gnmi/client/grpc.ts'
import { Counters } from '../../../../../src/collectors/metrics.ts'
import { PATIENCE } from '../../../../support/patience.ts'
import { FakeMachine } from './fake-machine.ts'

export interface Status {
  code: number
  details: string
}

// biome-ignore lint/suspicious/noExplicitAny: messages as proto-loader makes them; tests look at parts of them
export type Message = any

export const CREDENTIALS = { username: 'shitops', password: 'correct horse' }

/** The agent on a scripted machine, and a client of it. Close it after each test. */
export class TestTarget {
  readonly machine = new FakeMachine()
  readonly metrics = new Counters()
  server!: AgentServer
  readonly #clients: grpc.Client[] = []
  #service!: grpc.ServiceDefinition

  static async listen(options: Partial<AgentServerOptions> = {}): Promise<TestTarget> {
    const self = new TestTarget()
    self.#service = (await loadGnmi()).methods
    self.server = await AgentServer.listen({
      ...{ listen: '127.0.0.1:0', credentials: CREDENTIALS, sources: self.machine.sources },
      ...{ clock: systemClock, metrics: self.metrics, logger: silentLogger, floor: 20 },
      rhythm: { changes: 20, targetDefined: 40 },
      ...options,
    })
    return self
  }

  client(credentials: grpc.ChannelCredentials = grpc.credentials.createInsecure(), options: grpc.ClientOptions = {}): Message {
    const Client = grpc.makeGenericClientConstructor(this.#service, 'gNMI')
    const client = new Client(this.server.address, credentials, { 'grpc.use_local_subchannel_pool': 1, ...options })
    this.#clients.push(client)
    return client
  }

  /** A unary call: its answer, or the status it was refused with. */
  call(method: string, request: object, shown: object = CREDENTIALS, client = this.client()): Promise<Message> {
    return new Promise((resolve) => {
      client[method](request, metadataOf(shown), (error: grpc.ServiceError | null, answer: object) =>
        resolve(error ? { code: error.code, details: error.details } : answer),
      )
    })
  }

  subscribe(list: object | undefined, shown: object = CREDENTIALS, client = this.client()): TestStream {
    const stream = new TestStream(client.Subscribe(metadataOf(shown)))
    if (list) stream.send({ subscribe: list })
    return stream
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.server.close()
  }
}

export function metadataOf(shown: object): grpc.Metadata {
  const metadata = new grpc.Metadata()
  for (const [name, value] of Object.entries(shown)) metadata.set(name, value)
  return metadata
}

/** A Subscribe RPC as a client sees it. */
export class TestStream {
  readonly #call: grpc.ClientDuplexStream<object, Message>
  readonly responses: Message[] = []
  status: Status | undefined
  #changed = () => {}

  constructor(call: grpc.ClientDuplexStream<object, Message>) {
    this.#call = call
    call.on('data', (response: Message) => {
      this.responses.push(response)
      this.#changed()
    })
    call.on('error', () => {})
    call.on('status', ({ code, details }: Status) => {
      this.status = { code, details }
      this.#changed()
    })
  }

  send(request: object): void {
    this.#call.write(request)
  }

  /** The client has nothing more to ask. */
  halfClose(): void {
    this.#call.end()
  }

  cancel(): void {
    this.#call.cancel()
  }

  pause(): void {
    this.#call.pause()
  }

  resume(): void {
    this.#call.resume()
  }

  get updates(): Message[] {
    return this.responses.flatMap(({ update }) => update ?? [])
  }

  get syncs(): number {
    return this.responses.filter(({ sync_response }) => sync_response).length
  }

  /** Path and value of every update so far, and `-path` of every delete, in order. */
  get told(): string[] {
    return this.updates.flatMap(toldBy)
  }

  async until(holds: (stream: this) => boolean): Promise<this> {
    const end = Date.now() + PATIENCE
    while (!holds(this)) {
      if (Date.now() > end || (this.status && !holds(this))) throw new Error(`waited in vain: ${JSON.stringify([this.status, this.told])}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100)
        this.#changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return this
  }

  synced(count = 1): Promise<this> {
    return this.until(({ syncs }) => syncs >= count)
  }

  ended(): Promise<this> {
    return this.until(({ status }) => status !== undefined)
  }
}

export function toldBy(notification: Message): string[] {
  const deletes = (notification.delete ?? []).map((path: Message) => `-${textOf(path)}`)
  const updates = (notification.update ?? []).map(({ path, val }: Message) => `${textOf(path)}=${textOfValue(val)}`)
  return [...deletes, ...updates]
}

export const textOf = ({ elem = [] }: Message): string =>
  elem.map(({ name, key = {} }: Message) => `/${name}${Object.entries(key).map(([key, value]) => `[${key}=${value}]`)}`).join('')

export function textOfValue(val: Message): string {
  const [value] = Object.entries(val).flatMap(([arm, held]) => (arm === 'value' ? [] : [held]))
  return Buffer.isBuffer(value) ? value.toString() : String(value)
}

/** A path of names, `interfaces/interface[name=eth0]`, as a message. */
export function pathOf(text: string): { origin?: string; elem: object[] } {
  const [, origin, rest = ''] = /^(?:(\w+):)?\/?(.*)$/.exec(text) ?? []
  const elem = rest
    .split('/')
    .filter(Boolean)
    .map((part) => {
      const [, name = '', keys = ''] = /^([^[]+)(.*)$/.exec(part) ?? []
      const key = Object.fromEntries([...keys.matchAll(/\[([^=]+)=([^\]]*)\]/g)].map(([, k, v]) => [k, v]))
      return { name, ...(keys && { key }) }
    })
  return { ...(origin && { origin }), elem }
}
