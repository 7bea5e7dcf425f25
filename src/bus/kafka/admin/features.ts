import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'

const API_VERSIONS_KEY = 18
/** The first version that tells features (KIP-584). */
const API_VERSIONS_VERSION = 3
const METADATA_FEATURE = 'metadata.version'
const SUPPORTED_TAG = 0
const FINALIZED_TAG = 2

/** Levels of `metadata.version`: the newest that the broker could run, and the one that the cluster runs. 0: it has none. */
export interface MetadataLevels {
  code: number
  supported: number
  finalized: number
}

/** ApiVersions once more, for its features. */
export function featuresCall(): CustomCall<MetadataLevels> {
  const body = new WireWriter().noTags().compactString('shitops').compactString('1').noTags()
  return { apiKey: API_VERSIONS_KEY, apiVersion: API_VERSIONS_VERSION, name: 'ApiVersions', body: body.done(), decode }
}

/** The header of this answer alone never has tags, whatever the version. */
function decode(payload: Buffer): MetadataLevels {
  const wire = new WireReader(payload)
  const code = wire.int16()
  wire.compactArray(() => {
    wire.bytes(6) // key, oldest and newest version of an API
    wire.skipTags()
  })
  wire.int32() // throttle time
  const levels = { code, supported: 0, finalized: 0 }
  for (let tags = wire.uvarint(); tags > 0; tags--) {
    const tag = wire.uvarint()
    const field = new WireReader(wire.bytes(wire.uvarint()))
    if (tag === SUPPORTED_TAG) levels.supported = metadataLevel(field, 'second')
    if (tag === FINALIZED_TAG) levels.finalized = metadataLevel(field, 'first')
  }
  return levels
}

/** Of each feature a name and two levels: supported ones say the least first, finalized ones the greatest. */
function metadataLevel(wire: WireReader, greatest: 'first' | 'second'): number {
  const features = wire.compactArray(() => {
    const name = wire.compactString()
    const first = wire.int16()
    const second = wire.int16()
    wire.skipTags()
    return { name, level: greatest === 'first' ? first : second }
  })
  return features.find(({ name }) => name === METADATA_FEATURE)?.level ?? 0
}
