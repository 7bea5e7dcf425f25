import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { Channel } from '../../../../src/bus/kafka/wire/channel.ts'

/** More than the buffers of both sockets take. */
const LARGE = 32 << 20
const TIMEOUT_MS = 1_000
/** Taken at once, of what is sent. */
const BITE = 2 << 20

/** A server that takes requests at its own pace, and answers each once it has it whole. */
async function serverOf(pace: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    let wanted = -1
    let got = 0
    const head: Buffer[] = []
    socket.on('data', (bytes) => {
      got += bytes.length
      if (wanted < 0) head.push(bytes)
      const start = Buffer.concat(head)
      if (wanted < 0 && start.length >= 12) wanted = 4 + start.readInt32BE(0)
      if (got !== wanted) return
      const answer = Buffer.alloc(8)
      answer.writeInt32BE(4)
      start.copy(answer, 4, 8, 12)
      socket.write(answer)
    })
    socket.on('error', () => {})
    pace(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

describe('the channel', () => {
  let server: Server | undefined
  let channel: Channel | undefined
  afterEach(() => {
    channel?.close()
    server?.close()
  })

  async function request(pace: (socket: Socket) => void): Promise<Buffer> {
    server = await serverOf(pace)
    const { port } = server.address() as AddressInfo
    channel = await Channel.open({ host: '127.0.0.1', port }, { tls: null, timeoutMs: 5_000, clientId: 'c', limit: 1 << 20 })
    return channel.request({ apiKey: 0, apiVersion: 7, name: 'Produce', body: Buffer.alloc(4), tail: Buffer.alloc(LARGE) }, TIMEOUT_MS)
  }

  it('waits for an answer while a slow line takes the request', async () => {
    let beat: NodeJS.Timeout | undefined
    const begun = process.hrtime.bigint()
    const answer = await request((socket) => {
      let taken = 0
      socket.pause().on('data', ({ length }) => {
        taken += length
        if (taken > BITE) socket.pause()
      })
      beat = setInterval(() => {
        taken = 0
        socket.resume()
      }, TIMEOUT_MS / 10)
    })
    clearInterval(beat)
    expect(answer).to.have.length(0)
    expect(Number(process.hrtime.bigint() - begun) / 1e6, 'it took longer than the time-out').to.be.above(TIMEOUT_MS)
  })

  it('gives up on a broker that takes nothing more and says nothing', async () => {
    const failure = await request((socket) => void socket.pause()).catch((error: unknown) => error)
    expect(String(failure)).to.contain(`Produce: no answer within ${TIMEOUT_MS} ms`)
  })
})
