import { CODE } from '../codes.ts'
import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'

export const API_VERSIONS_KEY = 18
/** Has the name and version of the client (KIP-511), for the broker's metrics. */
const NEWEST = 3
const SOFTWARE = { name: 'shitops', version: '0' }

export interface VersionRange {
  min: number
  max: number
}

export interface ApiVersionsAnswer {
  errorCode: number
  versions: ReadonlyMap<number, VersionRange>
}

/** ApiVersions v3, or v0, which every broker takes. A broker that does not know v3 says so in the shape of v0. */
export function apiVersionsCall(version: 0 | typeof NEWEST): CustomCall<ApiVersionsAnswer> {
  const body = new WireWriter()
  // The request header of v3 is a flexible one, with tags at its end; the answer's never is.
  if (version === NEWEST) body.noTags().compactString(SOFTWARE.name).compactString(SOFTWARE.version).noTags()
  return {
    apiKey: API_VERSIONS_KEY,
    apiVersion: version,
    name: 'ApiVersions',
    body: body.done(),
    decode: (payload) => decode(payload, version),
  }
}

function decode(payload: Buffer, asked: number): ApiVersionsAnswer {
  const wire = new WireReader(payload)
  const errorCode = wire.int16()
  const flexible = asked === NEWEST && errorCode !== CODE.UNSUPPORTED_VERSION
  const entry = (): [number, VersionRange] => {
    const key = wire.int16()
    const range = { min: wire.int16(), max: wire.int16() }
    if (flexible) wire.skipTags()
    return [key, range]
  }
  const versions = new Map(flexible ? wire.compactArray(entry) : wire.array(entry))
  if (flexible) {
    wire.int32() // throttle time
    wire.skipTags()
  }
  return { errorCode, versions }
}
