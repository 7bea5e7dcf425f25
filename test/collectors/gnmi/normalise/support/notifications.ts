import { protoJsonToWire } from '../../../../../src/collectors/gnmi/event/protojson/to-wire.ts'
import type { Normaliser } from '../../../../../src/collectors/gnmi/normalise/normaliser.ts'
import type { Sample } from '../../../../../src/collectors/gnmi/normalise/sample.ts'
import { ResponseDecoder } from '../../../../../src/collectors/gnmi/wire/decoder.ts'
import { int64Text } from '../../../../../src/collectors/gnmi/wire/int64.ts'
import type { SubscribeResponse } from '../../../../../src/collectors/gnmi/wire/response.ts'

const decoder = new ResponseDecoder()

/** The bytes of a SubscribeResponse in protobuf's JSON mapping. */
export function bytesOf(message: object): Buffer {
  const bytes = protoJsonToWire(Buffer.from(JSON.stringify(message)))
  if (!Buffer.isBuffer(bytes)) throw new Error(bytes.message)
  return bytes
}

/** The same, decoded; good until the next call. */
export function responseOf(message: object): SubscribeResponse {
  const response = decoder.decode(bytesOf(message))
  if (!('kind' in response)) throw new Error(response.message)
  return response
}

/** ms since the epoch of a response's timestamp. */
export const timeOf = ({ timestampLo, timestampHi }: SubscribeResponse) => Number(BigInt(int64Text(timestampLo, timestampHi)) / 1_000_000n)

/** The samples of a message at its own time. */
export function samplesOf(normaliser: Normaliser, message: object): readonly Sample[] {
  const response = responseOf(message)
  return normaliser.samples(response, timeOf(response))
}
