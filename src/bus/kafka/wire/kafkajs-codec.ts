import { CODE } from '../codes.ts'
import { BrokerRefusal } from '../failures.ts'
import type { ApiName, Calls, CustomCall } from '../protocol.ts'
import type { VersionRange } from './api-versions.ts'

/** A request of the control plane, in the newest version that kafkajs and the broker both have; kafkajs is loaded for the first one. */
export async function kafkajsCall<Api extends ApiName>(
  api: Api,
  args: Calls[Api][0],
  versions: ReadonlyMap<number, VersionRange>,
  version?: number,
): Promise<CustomCall<Calls[Api][1]>> {
  ;(await import('../kafkajs-decoder-patch.ts')).patchKafkajsDecoder()
  const { default: protocols } = await import('kafkajs/src/protocol/requests/index.js')
  const { default: apiKeys } = await import('kafkajs/src/protocol/requests/apiKeys.js')
  const key = apiKeys[api]
  const definition = protocols.requests[api]
  if (key === undefined || !definition) throw new Error(`kafkajs has no request ${api}`)
  const spoken = Object.fromEntries([...versions].map(([apiKey, { min, max }]) => [apiKey, { minVersion: min, maxVersion: max }]))
  const { request, response } = lookUp(() => protocols.lookup(spoken)(key, definition)(args), api)
  const { buffer } = await request.encode()
  return {
    ...{ apiKey: key, apiVersion: version ?? request.apiVersion, name: api, body: buffer },
    decode: (payload) =>
      response.decode(payload).catch((error: unknown) => Promise.reject(asRefusal(error, api))) as Promise<Calls[Api][1]>,
  }
}

/** The one error code that kafkajs's decoders throw themselves; and what they stumble over, as names to sort by that are not there. */
function asRefusal(error: unknown, api: string): unknown {
  if (error instanceof TypeError) return new RangeError(`a Kafka response that cannot be: ${error.message}`, { cause: error })
  return (error as { code?: unknown }).code === CODE.UNSUPPORTED_VERSION ? new BrokerRefusal(CODE.UNSUPPORTED_VERSION, api) : error
}

/** kafkajs throws where no version of its fits the broker's. */
function lookUp(find: () => KafkajsProtocol, api: string): KafkajsProtocol {
  try {
    return find()
  } catch {
    throw new BrokerRefusal(CODE.UNSUPPORTED_VERSION, api, 'the broker has no version of this request that we speak')
  }
}
