import type { ServiceClientConstructor, StatusObject } from '@grpc/grpc-js'
import { commonJs } from '../../base/common-js.ts'
import { packageFile } from '../../base/package-file.ts'
import type { GnmiConfig } from './config.ts'
import { parsePath } from './path.ts'
import type { SubscribeRequest, SubscribeResponse } from './wire.ts'

/** Devices send whole trees in one message; gRPC's own 4 MiB are not enough for them. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

type SubscribeCall = AsyncIterable<SubscribeResponse> & {
  write(request: SubscribeRequest): void
  cancel(): void
  on(event: 'error', listener: (error: Error) => void): void
}

/** The addresses' channels; several targets behind one address share its connection. */
export class GnmiChannels {
  readonly #open: (address: string) => SubscribeClient
  readonly #clients = new Map<string, SubscribeClient>()

  private constructor(open: (address: string) => SubscribeClient) {
    this.#open = open
  }

  static async load(): Promise<GnmiChannels> {
    const grpc = commonJs(await import('@grpc/grpc-js'))
    const { load } = commonJs(await import('@grpc/proto-loader'))
    const proto = await load('gnmi.proto', {
      includeDirs: [packageFile('proto')],
      keepCase: true,
      longs: String,
      enums: String,
      oneofs: true,
    })
    const { gNMI } = grpc.loadPackageDefinition(proto).gnmi as unknown as { gNMI: ServiceClientConstructor }
    return new GnmiChannels((address) => {
      const options = { 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES }
      return new gNMI(address, grpc.credentials.createInsecure(), options) as unknown as SubscribeClient
    })
  }

  /** One Subscribe RPC: its responses as they come, at the reader's pace. Ends with the stream, throws its error status. */
  async *subscribe(address: string, request: SubscribeRequest, signal: AbortSignal): AsyncGenerator<SubscribeResponse> {
    const client = this.#clients.get(address) ?? this.#open(address)
    this.#clients.set(address, client)
    const call = client.Subscribe()
    const cancel = () => call.cancel()
    // Without a listener of its own, an error after the reader has left would end the process.
    call.on('error', () => {})
    signal.addEventListener('abort', cancel, { once: true })
    try {
      if (signal.aborted) return
      call.write(request)
      yield* call
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      signal.removeEventListener('abort', cancel)
      call.cancel()
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
  }
}

interface SubscribeClient {
  Subscribe(): SubscribeCall
  close(): void
}

/** The one request of the RPC. `target` goes into the prefix only, and the origin is said explicitly (gNMI 2.2.2.1, 2.7). */
export function requestFor(target: string, { paths, sampleInterval }: GnmiConfig): SubscribeRequest {
  return {
    subscribe: {
      prefix: { target, origin: 'openconfig' },
      mode: 'STREAM',
      encoding: 'PROTO',
      subscription: paths.map((text) => ({
        path: { elem: parsePath(text) ?? [] },
        mode: 'SAMPLE',
        sample_interval: (BigInt(sampleInterval) * 1_000_000n).toString(),
      })),
    },
  }
}

/** Whether trying again soon can help: not when the request itself was refused. Code names as in grpc.status. */
export function isPermanent(error: unknown): boolean {
  const code = (error as Partial<StatusObject> | undefined)?.code
  return code !== undefined && PERMANENT.has(code)
}

/** INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED */
const PERMANENT: ReadonlySet<number> = new Set([3, 5, 7, 12, 16])
