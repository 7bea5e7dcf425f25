import { hasCode, ShitopsError } from '../../../base/errors.ts'
import type { GnmiConnection } from '../client/connection.ts'
import type { Encoding } from '../config.ts'
import type { CallOptions } from './ask.ts'
import { encodingName, GET_PREFERENCE } from './encoding.ts'
import type { ExtensionMessage } from './extensions.ts'
import { negotiate } from './negotiate.ts'
import type { RequestPaths } from './paths.ts'

export type DataType = 'ALL' | 'CONFIG' | 'STATE' | 'OPERATIONAL'

/** A Get, but for what the target has a say in. */
export interface GetSpec {
  paths: RequestPaths
  type: DataType
  encoding: 'auto' | Encoding
  /** Names of schema models. */
  models: readonly string[]
  extensions: readonly ExtensionMessage[]
}

/**
 * A Get, as the bytes of its GetResponse: its values are read by our own decoder (getNotifications), which rounds nothing.
 * @throws SHITOPS_E_GNMI_… by what went wrong
 */
export async function get(connection: GnmiConnection, spec: GetSpec, options: CallOptions): Promise<Buffer> {
  const { encoding, models } = await negotiate(connection, { ...spec, preference: GET_PREFERENCE }, options)
  const { paths, type, extensions } = spec
  const request = {
    ...(paths.prefix && { prefix: paths.prefix }),
    path: paths.paths,
    type,
    encoding,
    ...(models.length > 0 && { use_models: models }),
    ...(extensions.length > 0 && { extension: extensions }),
  }
  try {
    return await connection.call('Get', request, options)
  } catch (error) {
    if (!hasCode(error, 'SHITOPS_E_GNMI_REFUSED') || !error.message.includes('UNIMPLEMENTED')) throw error
    throw new ShitopsError(error.code, `${error.message} (encoding ${encodingName(encoding)})`, {
      suggestions: [...error.suggestions],
      cause: error,
    })
  }
}
