import type { ServiceDefinition, ServiceError, StatusObject } from '@grpc/grpc-js'
import { commonJs } from '../../base/common-js.ts'
import { ShitopsError } from '../../base/errors.ts'
import { packageFile } from '../../base/package-file.ts'
import type { Leaf } from '../openconfig.ts'
import { type SubscribeCall, Subscriber } from './subscriber.ts'
import type { SubscribeRequest } from './wire.ts'

type Devices = ReadonlyMap<string, readonly Leaf[]>

/**
 * A gNMI server for all devices of the office, told apart by `prefix.target`: STREAM with SAMPLE in encoding PROTO, and Capabilities.
 * Its clock is the office's: it samples when {@link publish} is called. On 127.0.0.1 only, in plain text.
 */
export class GnmiServer {
  readonly #grpc: typeof import('@grpc/grpc-js')
  readonly #server: import('@grpc/grpc-js').Server
  readonly #subscribers = new Set<Subscriber>()
  #devices: Devices
  #time: number
  #sent = 0
  #address = ''

  private constructor(grpc: typeof import('@grpc/grpc-js'), time: number, devices: Devices) {
    this.#grpc = grpc
    this.#server = new grpc.Server()
    this.#time = time
    this.#devices = devices
  }

  /**
   * @param port 0 for any free one; SHITOPS_E_USAGE when it is taken
   * @param time ms since the epoch of the state in `devices`, which new subscribers get first
   */
  static async listen(port: number, time: number, devices: Devices): Promise<GnmiServer> {
    const grpc = commonJs(await import('@grpc/grpc-js'))
    const { load } = commonJs(await import('@grpc/proto-loader'))
    const proto = await load('gnmi.proto', {
      includeDirs: [packageFile('proto')],
      keepCase: true,
      longs: String,
      enums: String,
      oneofs: true,
    })
    const self = new GnmiServer(grpc, time, devices)
    self.#server.addService(proto['gnmi.gNMI'] as ServiceDefinition, {
      Capabilities: (_call: unknown, answer: (error: null, value: object) => void) =>
        answer(null, { supported_encodings: ['PROTO'], gNMI_version: '0.10.0', supported_models: MODELS }),
      Subscribe: (call: SubscribeCall) => self.#subscribe(call),
    })
    const bound = await new Promise<number>((resolve, reject) => {
      self.#server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, actual) => {
        if (!error) return resolve(actual)
        reject(
          new ShitopsError('SHITOPS_E_USAGE', `the gNMI server cannot listen on 127.0.0.1:${port}: ${error.message}`, {
            suggestions: ['--port 0 (any free port)'],
            cause: error,
          }),
        )
      })
    })
    self.#address = `127.0.0.1:${bound}`
    return self
  }

  get address(): string {
    return this.#address
  }

  /** Notifications sent so far, over all targets. */
  get sent(): number {
    return this.#sent
  }

  /** The devices as of `time`: every subscriber gets what is due. Resolves when the streams took it. */
  async publish({ time, devices }: { time: number; devices: Devices }): Promise<void> {
    this.#time = time
    this.#devices = devices
    const counts = await Promise.all([...this.#subscribers].map((s) => s.sample(time, devices.get(s.target) ?? [])))
    for (const count of counts) this.#sent += count
  }

  /** End every stream with status OK and let go of the port. */
  async close(): Promise<void> {
    for (const subscriber of this.#subscribers) subscriber.end()
    await new Promise<void>((resolve) => {
      const forced = setTimeout(() => this.#server.forceShutdown(), 2_000)
      this.#server.tryShutdown(() => {
        clearTimeout(forced)
        resolve()
      })
    })
  }

  #subscribe(call: SubscribeCall): void {
    let subscriber: Subscriber | undefined
    call.on('data', (request: SubscribeRequest) => {
      const refusal = subscriber ? 'one SubscriptionList per RPC' : this.#refusal(request)
      if (refusal) {
        // An error event is grpc-js' way to end a stream with a status.
        call.emit('error', this.#status(refusal))
        return
      }
      subscriber = new Subscriber(call, request.subscribe?.prefix?.target ?? '', request.subscribe ?? {})
      void this.#start(subscriber)
    })
    const leave = () => subscriber && this.#subscribers.delete(subscriber)
    call.on('cancelled', leave)
    call.on('close', leave)
    call.on('error', leave)
    call.on('end', () => call.end())
  }

  async #start(subscriber: Subscriber): Promise<void> {
    this.#sent += await subscriber.start(this.#time, this.#devices.get(subscriber.target) ?? [])
    this.#subscribers.add(subscriber)
  }

  #refusal({ subscribe }: SubscribeRequest): string | undefined {
    if (!subscribe?.subscription?.length) return 'the first message must carry a SubscriptionList with a subscription'
    if ((subscribe.mode ?? 'STREAM') !== 'STREAM') return `mode ${subscribe.mode}: only STREAM is offered`
    if (subscribe.encoding !== 'PROTO') return `encoding ${subscribe.encoding ?? 'JSON'}: only PROTO is offered`
    if (subscribe.subscription.some(({ mode }) => mode !== 'SAMPLE')) return 'only SAMPLE is offered'
    if (!this.#devices.has(subscribe.prefix?.target ?? '')) return `no target "${subscribe.prefix?.target ?? ''}"`
    return undefined
  }

  #status(details: string): ServiceError {
    const status: Partial<StatusObject> = { code: this.#grpc.status.INVALID_ARGUMENT, details }
    return Object.assign(new Error(details), status) as ServiceError
  }
}

const MODELS = ['openconfig-interfaces', 'openconfig-system'].map((name) => ({
  name,
  organization: 'OpenConfig working group',
  version: '',
}))
