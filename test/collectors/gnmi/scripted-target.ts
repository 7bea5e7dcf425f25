import * as grpc from '@grpc/grpc-js'
import * as loader from '@grpc/proto-loader'
import { packageFile } from '../../../src/base/package-file.ts'

type Call = grpc.ServerDuplexStream<object, object>

/** A gNMI target that sends what a test tells it to, in the messages' own shape. On 127.0.0.1, in plain text. */
export class ScriptedTarget {
  readonly #server = new grpc.Server()
  readonly requests: object[] = []
  address = ''
  #call: Call | undefined
  #arrived: Array<() => void> = []
  /** What the next RPCs are answered with instead of a stream: a gRPC status. */
  refuseWith: { code: number; details: string } | undefined

  static async listen(): Promise<ScriptedTarget> {
    const self = new ScriptedTarget()
    const proto = await loader.load('gnmi.proto', { includeDirs: [packageFile('proto')], keepCase: true, longs: String, enums: String })
    self.#server.addService(proto['gnmi.gNMI'] as grpc.ServiceDefinition, { Subscribe: (call: Call) => self.#subscribe(call) })
    const port = await new Promise<number>((resolve, reject) => {
      self.#server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      )
    })
    self.address = `127.0.0.1:${port}`
    return self
  }

  /** Resolves when a client has subscribed and its stream is open. */
  async subscribed(): Promise<void> {
    while (!this.#call) await new Promise<void>((resolve) => this.#arrived.push(resolve))
  }

  send(response: object): void {
    this.#call?.write(response)
  }

  /** End the stream, with status OK or the one given; the client may subscribe again. */
  drop(code: number = grpc.status.OK): void {
    const call = this.#call
    this.#call = undefined
    if (code === grpc.status.OK) call?.end()
    else call?.emit('error', { code, details: 'dropped' })
  }

  async close(): Promise<void> {
    this.#server.forceShutdown()
  }

  #subscribe(call: Call): void {
    call.on('error', () => {})
    call.on('data', (request: object) => {
      this.requests.push(request)
      if (this.refuseWith) {
        call.emit('error', this.refuseWith)
        return
      }
      this.#call = call
      for (const arrived of this.#arrived.splice(0)) arrived()
    })
    call.on('end', () => call.end())
  }
}
