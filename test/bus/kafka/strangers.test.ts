import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ErrorCode, ShitopsError } from '../../../src/base/errors.ts'
import { openBus } from '../../../src/bus/open.ts'
import { type Certificate, type CertificateOptions, makeCertificate } from '../../support/kafka/certificates.ts'
import { ScriptedBroker } from '../../support/kafka/scripted-broker.ts'
import { thrownBy } from '../../support/thrown-by.ts'

/** Enough for a handshake on a busy machine. */
const PATIENT = 'connectTimeout=8s&requestTimeout=8s'

describe('somebody else at the address of a broker', function () {
  this.timeout(120_000)
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  let folder: string
  let ca: Certificate
  let good: Certificate

  const certificate = (options: CertificateOptions) => makeCertificate(folder, options)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shitops-certificates-'))
    ca = await certificate({ name: 'ca' })
    good = await certificate({ name: 'good', by: ca })
  })
  after(() => rm(folder, { recursive: true, force: true }))
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
  })

  async function listen(server: Server): Promise<string> {
    servers.push(server)
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
    return `localhost:${address.port}`
  }

  /** What opening ends with: the code, the address in the words, and what to type next. */
  async function refusal(address: string, options: string, code: ErrorCode, next: string): Promise<ShitopsError> {
    const error = await thrownBy(() => openBus(`kafka://${address}?${options}`))
    expect(error.code, error.message).to.equal(code)
    expect(error.exit).to.equal(69)
    expect(error.message)
      .to.include(address)
      .and.not.match(/[^\x20-\x7e]/)
    expect(error.suggestions.join('\n')).to.include(next)
    return error
  }

  describe('without TLS', () => {
    for (const [who, banner, words] of [
      ['a shell server', 'SSH-2.0-OpenSSH_9.6\r\n', 'it says: SSH-2.0-OpenSSH_9.6'],
      ['a mail server', '220 mail.example ESMTP\x1b[2J\r\n', 'it says: 220 mail.example ESMTP?[2J'],
      ['a server that greets with noise', '\xff\xfe\xfd\xfc\xfb', 'an answer of -'],
    ] as const) {
      it(who, async () => {
        const address = await listen(createServer((socket) => socket.write(Buffer.from(banner, 'latin1'))))
        expect((await refusal(address, PATIENT, 'SHITOPS_E_BUS_NOT_KAFKA', address)).message).to.include(words)
      })
    }

    it('a web server', async () => {
      const address = await listen(createHttpServer((_request, response) => response.end('hello')))
      expect((await refusal(address, PATIENT, 'SHITOPS_E_BUS_NOT_KAFKA', address)).message).to.include('it speaks HTTP')
    })

    it('a broker that speaks TLS, and says so by an alert as Java does, or hangs up as OpenSSL does', async () => {
      const alert = Buffer.from([0x15, 3, 3, 0, 2, 2, 70])
      const java = await listen(createServer((socket) => socket.once('data', () => socket.end(alert))))
      await refusal(java, PATIENT, 'SHITOPS_E_BUS_TLS', '?tls=true')
      const broker = await ScriptedBroker.listen({}, { cert: good.cert, key: good.key })
      try {
        await refusal(broker.address, PATIENT, 'SHITOPS_E_BUS_UNAVAILABLE', '?tls=true')
      } finally {
        await broker.close()
      }
    })
  })

  describe('with TLS', () => {
    const trusting = () => `${PATIENT}&tlsCa=${ca.certFile}`

    it('a broker that does not speak it, and hangs up', async () => {
      const address = await listen(createServer((socket) => socket.once('data', () => socket.destroy())))
      expect((await refusal(address, trusting(), 'SHITOPS_E_BUS_TLS', 'leave tls= away')).message).to.include('does not speak TLS')
    })

    it('a shell server, and a web server', async () => {
      const shell = await listen(createServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')))
      await refusal(shell, trusting(), 'SHITOPS_E_BUS_TLS', 'leave tls= away')
      const web = await listen(createHttpServer((_request, response) => response.end('hello')))
      await refusal(web, trusting(), 'SHITOPS_E_BUS_TLS', 'leave tls= away')
    })

    it('a web server that speaks it', async () => {
      const server = createHttpsServer({ cert: good.cert, key: good.key }, (_request, response) => response.end('hello'))
      const address = await listen(server)
      expect((await refusal(address, trusting(), 'SHITOPS_E_BUS_NOT_KAFKA', address)).message).to.include('it speaks HTTP')
    })

    it('somebody who says nothing', async () => {
      const address = await listen(createServer(() => {}))
      const error = await refusal(address, `connectTimeout=300ms&tlsCa=${ca.certFile}`, 'SHITOPS_E_BUS_UNAVAILABLE', address)
      expect(error.message).to.include('no connection within 300 ms')
    })
  })

  describe('with a certificate', () => {
    async function broker(shown: Certificate, work: (broker: ScriptedBroker) => Promise<unknown>): Promise<void> {
      const scripted = await ScriptedBroker.listen({}, { cert: shown.cert, key: shown.key })
      try {
        await work(scripted)
      } finally {
        await scripted.close()
      }
    }
    const refused = async (shown: Certificate, options: string, words: string, next: string) =>
      broker(shown, async ({ address }) => {
        const { message } = await refusal(address, `${PATIENT}&${options}`, 'SHITOPS_E_BUS_TLS', next)
        expect(message).to.include(words)
      })

    it('that is good: it is let in', () =>
      broker(good, async ({ url }) => (await openBus(`${url}?${PATIENT}&tlsCa=${ca.certFile}`)).close()))

    it('that has expired', async () => {
      const shown = await certificate({ name: 'expired', by: ca, from: -9, to: -2 })
      await refused(shown, `tlsCa=${ca.certFile}`, 'its certificate has expired', 'a new certificate')
    })

    it('that is not valid yet', async () => {
      const shown = await certificate({ name: 'early', by: ca, from: 2, to: 9 })
      await refused(shown, `tlsCa=${ca.certFile}`, 'not valid yet', 'the clock of this machine')
    })

    it('for another host', async () => {
      const shown = await certificate({ name: 'elsewhere', by: ca, host: 'kafka.example' })
      await refused(shown, `tlsCa=${ca.certFile}`, 'kafka.example', 'tlsServerName=')
      await broker(shown, async ({ url }) => (await openBus(`${url}?${PATIENT}&tlsCa=${ca.certFile}&tlsServerName=kafka.example`)).close())
    })

    it('of an authority that is not known, and of none', async () => {
      await refused(good, 'tls=true', 'certificate', 'tlsCa=FILE')
      const stranger = await certificate({ name: 'stranger-ca' })
      await refused(good, `tlsCa=${stranger.certFile}`, 'certificate', 'tlsCa=FILE')
      await refused(await certificate({ name: 'alone' }), 'tls=true', 'self-signed', 'tlsCa=FILE')
    })
  })
})
