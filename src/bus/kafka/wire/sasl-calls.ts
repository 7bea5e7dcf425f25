import type { CustomCall } from '../protocol.ts'
import { WireReader, WireWriter } from '../wire.ts'

const SASL_HANDSHAKE_KEY = 17
const SASL_AUTHENTICATE_KEY = 36
/** SaslAuthenticate v1 says how long the session lasts (KIP-368). Both since Kafka 2.2. */
const VERSION = 1

/** Which mechanism is to be used; a broker that has it not names those that it has. */
export function saslHandshakeCall(mechanism: string): CustomCall<{ errorCode: number; mechanisms: string[] }> {
  return {
    ...{ apiKey: SASL_HANDSHAKE_KEY, apiVersion: VERSION, name: 'SaslHandshake', body: new WireWriter().string(mechanism).done() },
    decode: (payload) => {
      const wire = new WireReader(payload)
      return { errorCode: wire.int16(), mechanisms: wire.array(() => wire.string() ?? '') }
    },
  }
}

export interface SaslAnswer {
  errorCode: number
  errorMessage: string | null
  bytes: Buffer
  /** ms; 0 where it has no end. */
  sessionMs: number
}

/** One step of the mechanism's exchange. */
export function saslAuthenticateCall(bytes: Buffer): CustomCall<SaslAnswer> {
  const body = new WireWriter().int32(bytes.length).raw(bytes).done()
  return {
    ...{ apiKey: SASL_AUTHENTICATE_KEY, apiVersion: VERSION, name: 'SaslAuthenticate', body },
    decode: (payload) => {
      const wire = new WireReader(payload)
      const errorCode = wire.int16()
      const errorMessage = wire.string()
      return { errorCode, errorMessage, bytes: wire.bytes(Math.max(0, wire.int32())), sessionMs: wire.int64() }
    },
  }
}
