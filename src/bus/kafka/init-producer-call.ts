import type { ProducerId } from './identity.ts'
import type { CustomCall } from './protocol.ts'
import { WireReader, WireWriter } from './wire.ts'

const INIT_PRODUCER_ID_KEY = 22
/** Throttles by KIP-219; since Kafka 2.0. */
const INIT_PRODUCER_ID_VERSION = 1

export type InitProducerAnswer = ProducerId & { errorCode: number; clientSideThrottleTime: number }

/** Asks for a producer id, or for that of a transactional writer with its epoch raised. @param timeoutMs of its transactions */
export function initProducerCall(transactionalId: string | null, timeoutMs: number): CustomCall<InitProducerAnswer> {
  const body = new WireWriter().string(transactionalId).int32(timeoutMs).done()
  return { apiKey: INIT_PRODUCER_ID_KEY, apiVersion: INIT_PRODUCER_ID_VERSION, name: 'InitProducerId', body, decode }
}

function decode(payload: Buffer): InitProducerAnswer {
  const wire = new WireReader(payload)
  const clientSideThrottleTime = wire.int32()
  const errorCode = wire.int16()
  return { clientSideThrottleTime, errorCode, producerId: wire.bytes(8).readBigInt64BE(0), epoch: wire.int16() }
}
