import type Connection from 'kafkajs/src/network/connection.js'
import type { CustomCall } from './protocol.ts'
import { WireWriter } from './wire.ts'

/** A request whose last bytes are many. */
export type CallWithTail<Answer> = CustomCall<Answer> & { tail: Buffer }

/**
 * What kafkajs 2.2.4 does to send a request (network/connection.js, send), for one with a tail. kafkajs copies what it sends three times on
 * its way to the socket: for batches of records that is nearly the work of making them. Here they go there as they are, behind their head.
 */
export async function sendInPieces<Answer>(
  connection: Connection,
  call: CallWithTail<Answer>,
  timeoutMs: number | null,
): Promise<Answer | undefined> {
  const { apiKey, apiVersion, name, tail, decode } = call
  // A session may end while the connection stands (KIP-368).
  if (!connection.isAuthenticated()) await connection.authenticate()
  connection.failIfNotConnected()
  const correlationId = connection.nextCorrelationId()
  const head = headOf(call, correlationId, connection.clientId)
  const { payload } = await new Promise<{ payload: Buffer }>((resolve, reject) => {
    connection.requestQueue.push({
      entry: { apiKey, apiName: name, apiVersion, correlationId, resolve, reject },
      expectResponse: decode !== undefined,
      requestTimeout: timeoutMs,
      sendRequest: () => {
        const { socket } = connection
        socket?.cork()
        socket?.write(head)
        socket?.write(tail)
        socket?.uncork()
      },
    })
  })
  if (!decode) return undefined
  const answer = await decode(payload)
  connection.requestQueue.maybeThrottle((answer as { clientSideThrottleTime?: number }).clientSideThrottleTime ?? null)
  return answer
}

/** The length of what follows, request header v1, and the body as far as it comes before the tail. */
function headOf({ apiKey, apiVersion, body, tail }: CallWithTail<unknown>, correlationId: number, clientId: string): Buffer {
  const header = new WireWriter().int16(apiKey).int16(apiVersion).int32(correlationId).string(clientId).raw(body).done()
  return new WireWriter()
    .int32(header.length + tail.length)
    .raw(header)
    .done()
}
