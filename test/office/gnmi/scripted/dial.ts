import * as grpc from '@grpc/grpc-js'
import * as loader from '@grpc/proto-loader'
import { packageFile } from '../../../../src/base/package-file.ts'

type Call = grpc.ClientDuplexStream<object, object>
type Unary = (
  message: object,
  metadata: grpc.Metadata,
  done: (error: grpc.ServiceError | null, answer: object) => void,
) => grpc.ClientUnaryCall
type Client = grpc.Client & { Subscribe(metadata: grpc.Metadata): Call } & Record<'Capabilities' | 'Get' | 'Set', Unary>

/** A plain gNMI client: what a target is tested with. */
export class Dialled {
  readonly client: Client
  readonly #metadata = new grpc.Metadata()

  constructor(address: string, { credentials = grpc.credentials.createInsecure(), metadata = {} as Record<string, string> } = {}) {
    const proto = loader.loadSync('gnmi.proto', {
      includeDirs: [packageFile('proto')],
      keepCase: true,
      longs: String,
      enums: String,
      oneofs: true,
    })
    const { gNMI } = grpc.loadPackageDefinition(proto).gnmi as unknown as { gNMI: grpc.ServiceClientConstructor }
    const options = { 'grpc.max_receive_message_length': -1, 'grpc.use_local_subchannel_pool': 1 }
    this.client = new gNMI(address, credentials, options) as unknown as Client
    for (const [name, value] of Object.entries(metadata)) this.#metadata.set(name, value)
  }

  subscribe(request: object = anything()): Subscription {
    return new Subscription(this.client.Subscribe(this.#metadata), request)
  }

  call(method: 'Capabilities' | 'Get' | 'Set', message: object = {}): Promise<object> {
    return new Promise((resolve, reject) => {
      this.client[method](message, this.#metadata, (error, answer) => (error ? reject(error) : resolve(answer)))
    })
  }

  close(): void {
    this.client.close()
  }
}

/** A Subscribe RPC and what came of it. */
export class Subscription {
  readonly call: Call
  readonly responses: object[] = []
  /** Resolves when it is over, with its status: OK too. */
  readonly status: Promise<{ code: number; details: string }>
  #came = () => {}

  constructor(call: Call, request: object) {
    this.call = call
    call.on('data', (response: object) => {
      this.responses.push(response)
      this.#came()
    })
    call.on('error', () => {})
    this.status = new Promise((resolve) => {
      call.on('status', ({ code, details }) => resolve({ code, details }))
    })
    call.write(request)
  }

  async received(count: number): Promise<object[]> {
    while (this.responses.length < count) {
      await new Promise<void>((resolve) => {
        this.#came = resolve
      })
    }
    return this.responses
  }
}

/** A request that every target takes. */
export function anything(list: object = {}): object {
  return { subscribe: { subscription: [{ path: { elem: [{ name: 'interfaces' }] } }], ...list } }
}

export const counter = (value: number | string) => ({
  update: { timestamp: '1774965731250417113', update: [{ path: { elem: [{ name: 'a' }] }, val: { uint_val: String(value) } }] },
})

/** What a promise is rejected with; fails when it is not. */
export async function rejected(promise: Promise<unknown>): Promise<Error> {
  const unlike = new Error('nothing was rejected')
  const reason = await promise.then(
    () => unlike,
    (error: Error) => error,
  )
  if (reason === unlike) throw unlike
  return reason
}
