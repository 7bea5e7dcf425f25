import type { GnmiConnection } from '../client/connection.ts'
import type { Encoding } from '../config.ts'
import { ask, type CallOptions } from './ask.ts'

/** A schema model that a target knows; empty text where it does not say. */
export interface Model {
  name: string
  organization: string
  version: string
}

/** What a target says it can do. */
export interface Capabilities {
  /** Of the gNMI specification, `0.10.0`. */
  version: string
  /** By name, `JSON_IETF`; the number of one that has none. */
  encodings: Encoding[]
  models: Model[]
}

interface CapabilityResponse {
  supported_models?: Array<Partial<Model>>
  supported_encodings?: Encoding[]
  gNMI_version?: string
}

/** The Capabilities call. @throws SHITOPS_E_GNMI_… */
export async function askCapabilities(connection: GnmiConnection, options: CallOptions): Promise<Capabilities> {
  const {
    gNMI_version,
    supported_encodings = [],
    supported_models = [],
  } = await ask<CapabilityResponse>(connection, 'Capabilities', {}, options)
  return {
    version: gNMI_version ?? '',
    encodings: supported_encodings,
    models: supported_models.map(({ name = '', organization = '', version = '' }) => ({ name, organization, version })),
  }
}
