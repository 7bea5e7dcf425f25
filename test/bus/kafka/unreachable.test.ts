import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import type { ErrorCode, ShitopsError } from '../../../src/base/errors.ts'
import { openBus } from '../../../src/bus/open.ts'
import { OwnTime } from '../../support/own-time.ts'

const LIMIT_MS = 10_000

describe('a broker that is not there', () => {
  const servers: Server[] = []
  const sockets = new Set<Socket>()

  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
  })

  async function listen(server: Server): Promise<string> {
    servers.push(server)
    server.on('connection', (socket) => sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
    return `127.0.0.1:${address.port}`
  }

  /** What opening rejects with, and that it does so in time. */
  async function refusal(url: string, code: ErrorCode = 'SHITOPS_E_BUS_UNAVAILABLE'): Promise<ShitopsError> {
    const passed = new OwnTime()
    const error: ShitopsError = await openBus(url).then(
      () => Promise.reject(new Error('it should have been refused')),
      (reason) => reason,
    )
    expect(passed.stop()).to.be.below(LIMIT_MS)
    expect(error.code, error.stack ?? '').to.equal(code)
    expect(error.exit).to.equal(69)
    expect(error.message).to.not.include('\n')
    expect(error.suggestions.length).to.be.greaterThan(0)
    return error
  }

  it('nobody listens: every address is named', async () => {
    const error = await refusal('kafka://127.0.0.1:1,127.0.0.1:2')
    expect(error.message).to.include('127.0.0.1:1').and.include('127.0.0.1:2').and.include('ECONNREFUSED')
  })

  it('a name that is not known', async () => {
    expect((await refusal('kafka://no-such-host.invalid:9092')).message).to.include('no-such-host.invalid')
  })

  it('somebody who accepts and says nothing', async () => {
    const address = await listen(createServer(() => {}))
    expect((await refusal(`kafka://${address}?connectTimeout=300ms&requestTimeout=300ms`)).message)
      .to.include(address)
      .and.include('says nothing')
  })

  it('a web server', async () => {
    const address = await listen(createHttpServer((_request, response) => response.end('hello')))
    expect((await refusal(`kafka://${address}`, 'SHITOPS_E_BUS_NOT_KAFKA')).message)
      .to.include(address)
      .and.include('it speaks HTTP: HTTP/1.1 400')
  })

  it('somebody who hangs up', async () => {
    const address = await listen(createServer((socket) => socket.destroy()))
    expect((await refusal(`kafka://${address}`)).message).to.include(address)
  })

  it('seven that accept and say nothing', async () => {
    const addresses = await Promise.all(Array.from({ length: 7 }, () => listen(createServer(() => {}))))
    const { message } = await refusal(`kafka://${addresses.join(',')}`)
    for (const address of addresses) expect(message).to.include(address)
  })
})
