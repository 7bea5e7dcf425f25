import { hasCode, ShitopsError } from '../../../base/errors.ts'
import { nearest } from '../../../base/nearest.ts'
import type { GnmiConnection } from '../client/connection.ts'
import type { Encoding } from '../config.ts'
import type { CallOptions } from './ask.ts'
import { askCapabilities, type Capabilities, type Model } from './capabilities.ts'
import { chooseEncoding } from './encoding.ts'

/** What a request wants that only the target can say. */
export interface Wanted {
  encoding: 'auto' | Encoding
  /** For `auto`, best first. */
  preference: readonly Encoding[]
  /** Names of schema models. */
  models?: readonly string[]
}

/** The same, settled. */
export interface Negotiated {
  encoding: Encoding
  /** For `use_models`; empty when none was asked for. */
  models: Array<Partial<Model>>
}

/**
 * Settles encoding and models by the target's Capabilities, which are asked for only where they are needed. A target that has no such call
 * gets the specification's default, JSON, and the models' bare names.
 * @throws SHITOPS_E_GNMI_REFUSED for a model that it does not have, SHITOPS_E_GNMI_… by what went wrong
 */
export async function negotiate(connection: GnmiConnection, wanted: Wanted, options: CallOptions): Promise<Negotiated> {
  const { encoding, preference, models = [] } = wanted
  if (encoding !== 'auto' && models.length === 0) return { encoding, models: [] }
  const capabilities = await capabilitiesOf(connection, options)
  return {
    encoding: encoding === 'auto' ? chooseEncoding(capabilities?.encodings ?? [], preference) : encoding,
    models: models.map((name) => (capabilities ? modelOf(connection.address, capabilities, name) : { name })),
  }
}

async function capabilitiesOf(connection: GnmiConnection, options: CallOptions): Promise<Capabilities | undefined> {
  try {
    return await askCapabilities(connection, options)
  } catch (error) {
    // UNIMPLEMENTED is one of these two. Where it was something else, the call that is to follow says so.
    if (hasCode(error, 'SHITOPS_E_GNMI_NOT_GNMI') || hasCode(error, 'SHITOPS_E_GNMI_REFUSED')) return undefined
    throw error
  }
}

function modelOf(address: string, { models }: Capabilities, name: string): Model {
  const model = models.find((one) => one.name === name)
  if (model) return model
  const like = nearest(
    name,
    models.map((one) => one.name),
  )
  throw new ShitopsError('SHITOPS_E_GNMI_REFUSED', `${address}: the target has no model "${name}"`, {
    suggestions: [...(like ? [`--model ${like}`] : []), `shitops gnmi capabilities -a ${address}`],
  })
}
