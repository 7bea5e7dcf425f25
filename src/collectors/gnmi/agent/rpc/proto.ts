import type { ServiceDefinition } from '@grpc/grpc-js'
import { commonJs } from '../../../../base/common-js.ts'
import { packageFile } from '../../../../base/package-file.ts'

/** The gNMI service as grpc-js takes it. */
export async function gnmiService(): Promise<ServiceDefinition> {
  const { load } = commonJs(await import('@grpc/proto-loader'))
  const proto = await load('gnmi.proto', {
    includeDirs: [packageFile('proto')],
    keepCase: true,
    longs: String,
    enums: String,
    oneofs: true,
  })
  return proto['gnmi.gNMI'] as ServiceDefinition
}
