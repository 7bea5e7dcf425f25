import type { MethodDefinition } from '@grpc/grpc-js'
import { commonJs } from '../../../base/common-js.ts'
import { packageFile } from '../../../base/package-file.ts'

export type GrpcModule = typeof import('@grpc/grpc-js')

/** What of gRPC and proto/gnmi.proto the client works with. */
export interface GnmiProtocol {
  grpc: GrpcModule
  methods: Readonly<Record<'Capabilities' | 'Get' | 'Set' | 'Subscribe', MethodDefinition<object, object>>>
}

let loaded: Promise<GnmiProtocol> | undefined

/**
 * grpc-js and the methods of gnmi.gNMI, loaded once and only when somebody connects. Messages are plain objects with the proto's own field
 * names; 64-bit integers and enum values are text.
 */
export function loadGnmi(): Promise<GnmiProtocol> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<GnmiProtocol> {
  const grpc = commonJs(await import('@grpc/grpc-js'))
  const loader = commonJs(await import('@grpc/proto-loader'))
  const definition = await loader.load('gnmi.proto', {
    includeDirs: [packageFile('proto')],
    keepCase: true,
    longs: String,
    enums: String,
    oneofs: true,
  })
  return { grpc, methods: definition['gnmi.gNMI'] as unknown as GnmiProtocol['methods'] }
}
