import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import Connection from 'kafkajs/src/network/connection.js'
import { silentLogger } from '../../../src/base/log.ts'
import { kafkajsLogger } from '../../../src/bus/kafka/kafkajs-log.ts'
import { patchRequestQueue } from '../../../src/bus/kafka/request-queue-patch.ts'
import { sendInPieces } from '../../../src/bus/kafka/send-in-pieces.ts'
import { WireWriter } from '../../../src/bus/kafka/wire.ts'

const BODY = Buffer.from('the beginning, ')
/** More than a socket takes at once. */
const TAIL = Buffer.alloc(3 << 20, 'the rest')
const decode = async (payload: Buffer) => ({ said: payload.toString(), clientSideThrottleTime: 0 })
const CALL = { apiKey: 0, apiVersion: 7, name: 'Produce', body: BODY, tail: TAIL, decode }

/** What a broker gets, request by request, and a connection to it. It answers each with its number, unless told not to. */
async function broker(answers: boolean) {
  const requests: Buffer[] = []
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    let bytes = Buffer.alloc(0)
    sockets.push(socket)
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const request = bytes.subarray(0, 4 + bytes.readInt32BE(0))
        bytes = bytes.subarray(request.length)
        requests.push(request)
        const said = new WireWriter()
          .int32(request.readInt32BE(8))
          .raw(Buffer.from(`answer ${requests.length}`))
          .done()
        if (answers) socket.write(new WireWriter().int32(said.length).raw(said).done())
        server.emit('request')
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const connection = new Connection({
    ...{ host: '127.0.0.1', port, clientId: 'c', requestTimeout: 60_000, connectionTimeout: 60_000, ssl: null, sasl: null },
    socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port }, onConnect),
    logger: kafkajsLogger(silentLogger),
  })
  patchRequestQueue(connection)
  await connection.connect()
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await connection.disconnect()
  }
  return { connection, requests, server, close }
}

describe('a request sent in pieces', () => {
  it('is, byte for byte, what kafkajs sends, and has its answer', async () => {
    const { connection, requests, close } = await broker(true)
    try {
      const whole = Buffer.concat([BODY, TAIL])
      const request = { apiKey: 0, apiVersion: 7, apiName: 'Produce', encode: async () => ({ buf: whole, buffer: whole }) }
      const theirs = await connection.send({ request, response: { decode, parse: async (decoded: object) => decoded } })
      const ours = await sendInPieces(connection, CALL, null)
      expect([theirs, ours]).to.deep.equal([
        { said: 'answer 1', clientSideThrottleTime: 0 },
        { said: 'answer 2', clientSideThrottleTime: 0 },
      ])
      const numbers = requests.map((bytes) => bytes.readInt32BE(8))
      expect(numbers[1]).to.equal((numbers[0] ?? 0) + 1)
      for (const bytes of requests) bytes.writeInt32BE(0, 8)
      expect(requests[1]?.equals(requests[0] ?? BODY)).to.equal(true)
    } finally {
      await close()
    }
  })

  it('is done when it is sent, where no answer comes', async () => {
    const { connection, requests, server, close } = await broker(false)
    try {
      const { decode: _, ...unanswered } = CALL
      const arrived = once(server, 'request')
      expect(await sendInPieces(connection, unanswered, null)).to.equal(undefined)
      await arrived
      expect(requests[0]?.subarray(-TAIL.length).equals(TAIL)).to.equal(true)
    } finally {
      await close()
    }
  })

  it('fails with the connection, and is not sent over one that is gone', async () => {
    const { connection, requests, server, close } = await broker(false)
    const arrived = once(server, 'request')
    const sending = sendInPieces(connection, CALL, null).then(
      () => 'sent',
      (error: Error) => error.name,
    )
    await arrived
    await close()
    expect(await sending).to.match(/^KafkaJSConnection/)
    const late = sendInPieces(connection, CALL, null).then(
      () => 'sent',
      (error: Error) => error.name,
    )
    expect(await late).to.match(/^KafkaJSConnection/)
    expect(requests).to.have.length(1)
  })
})
