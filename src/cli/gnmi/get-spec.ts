import { parseEncoding } from '../../collectors/gnmi/request/encoding.ts'
import { depthExtension } from '../../collectors/gnmi/request/extensions.ts'
import type { DataType, GetSpec } from '../../collectors/gnmi/request/get.ts'
import { requestPaths } from '../../collectors/gnmi/request/paths.ts'

/** The request flags of `gnmi get` as they were typed. */
export interface GetFlags {
  path: string[]
  prefix?: string | undefined
  target?: string | undefined
  type: Lowercase<DataType>
  encoding: string
  model?: string[] | undefined
  depth?: number | undefined
}

/** @throws SHITOPS_E_USAGE */
export function getSpec({ path, prefix, target, type, encoding, model = [], depth }: GetFlags): GetSpec {
  const extension = depthExtension(depth)
  return {
    paths: requestPaths({ paths: path, prefix, target }),
    type: type.toUpperCase() as DataType,
    encoding: parseEncoding(encoding),
    models: model,
    extensions: extension ? [extension] : [],
  }
}
