import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttp1, type Server as Http1Server } from 'node:http'
import { constants } from 'node:http2'
import { createServer as createHttps1 } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server as GrpcServer, ServerCredentials, status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { GnmiConnection } from '../../../src/collectors/gnmi/client/connection.ts'
import type { ConnectionOptions } from '../../../src/collectors/gnmi/client/connection-options.ts'
import type { FailureClass } from '../../../src/collectors/gnmi/client/failure.ts'
import type { Subscription } from '../../../src/collectors/gnmi/config.ts'
import { compileMappings } from '../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import { ResponseDecoder } from '../../../src/collectors/gnmi/wire/decoder.ts'
import type { Malformed } from '../../../src/collectors/gnmi/wire/malformed.ts'
import { grpcFrame } from '../../../src/office/gnmi/scripted/http2-below.ts'
import { HANG, ScriptedTarget, type SubscribeStream, type TargetOptions } from '../../../src/office/gnmi/scripted/index.ts'
import { type GnmiTls, makeGnmiTls, missingForTls } from '../../support/gnmi-tls.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { leaf, notification } from './conformance/support.ts'
import { collecting, NOW, stopAll, targetAt } from './support/collecting.ts'

const data = (value: number) => notification({ update: [leaf('a', { uint_val: String(value) })] })

/** What a target, or whatever is in its place, may do wrong: each has its error by name, one `lost` or `refused` on the bus, and something to do. */
describe('gNMI: what goes wrong', () => {
  const closing: Array<() => unknown> = []
  let tls: GnmiTls
  let folder = ''

  before(async function () {
    const missing = missingForTls()
    if (missing) {
      console.log(`      not tested: ${missing}`)
      this.skip()
    }
    folder = await mkdtemp(join(tmpdir(), 'shitops-bad-'))
    tls = await makeGnmiTls(folder)
  })
  after(() => rm(folder, { recursive: true, force: true }))
  afterEach(async () => {
    await stopAll()
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function listen(options: TargetOptions = {}): Promise<ScriptedTarget> {
    const target = await ScriptedTarget.listen(options)
    closing.push(() => target.close())
    return target
  }

  /** A server that is no gNMI target, on a free port; resolves to its address. */
  async function serve(server: Server | Http1Server): Promise<string> {
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const address = server.address()
    return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }

  interface Expected {
    code: string
    class: FailureClass
    exit: number
    /** Of the error, and of the fact on the bus. */
    says: RegExp
    /** One of the suggestions. */
    next?: RegExp
    kind?: 'lost' | 'refused'
  }

  /** A ONCE that is expected to fail. @param pass ms that go by once the subscription is there, for what has to be waited for */
  async function fails(
    address: string,
    expected: Expected,
    connection: Partial<ConnectionOptions> = {},
    subscription: Partial<Subscription> = {},
    during?: (run: ReturnType<typeof collecting>) => unknown,
  ): Promise<ReturnType<typeof collecting>> {
    const options = { addresses: [address], connectTimeout: 5_000, ...connection }
    const run = collecting([targetAt(address, { connection: options, subscription: { mode: 'once', ...subscription } })])
    await during?.(run)
    const [error, ...others] = await run.ended
    expect(others).to.deep.equal([])
    expect(error).to.include({ code: expected.code, exit: expected.exit })
    expect(error?.message).to.match(expected.says).and.to.include(address)
    expect(error?.suggestions.join('\n')).to.match(expected.next ?? /./)
    const lost = run.facts().filter(({ kind }) => kind === 'lost' || kind === 'refused')
    expect(lost).to.have.length(1)
    expect(lost[0]).to.include({ kind: expected.kind ?? 'lost', target: 'core-1' })
    expect(lost[0]?.detail).to.match(expected.says)
    expect([...run.board.of('core-1', 'default').errors]).to.deep.equal([[expected.class, 1]])
    return run
  }

  const TLS = { code: 'SHITOPS_E_GNMI_TLS', class: 'tls', exit: 69 } as const
  const NOT_GNMI = { code: 'SHITOPS_E_GNMI_NOT_GNMI', class: 'not_gnmi', exit: 69, next: /check the port/ } as const
  const UNREACHABLE = { code: 'SHITOPS_E_GNMI_UNREACHABLE', class: 'unreachable', exit: 69 } as const
  const TIMEOUT = { code: 'SHITOPS_E_GNMI_TIMEOUT', class: 'timeout', exit: 75 } as const
  const AUTH = { code: 'SHITOPS_E_GNMI_AUTH', class: 'auth', exit: 77, kind: 'refused' } as const
  const REFUSED = { code: 'SHITOPS_E_GNMI_REFUSED', class: 'refused', exit: 1, kind: 'refused' } as const
  const TOO_LARGE = { code: 'SHITOPS_E_GNMI_TOO_LARGE', class: 'too_large', exit: 1, kind: 'refused' } as const
  const FAILED = { code: 'SHITOPS_E_GNMI_FAILED', class: 'temporary', exit: 75 } as const

  describe('certificates', () => {
    it('an authority that nobody knows', async () => {
      const { address } = await listen({ tls: tls.server })
      await fails(address, { ...TLS, says: /nobody that is trusted/, next: /--tls-ca/ }, { tls: { ca: tls.strangerCa } })
      await fails(address, { ...TLS, says: /nobody that is trusted/, next: /--tls-ca/ }, { tls: {} })
    })

    it('another name', async () => {
      const { address } = await listen({ tls: tls.wrongName })
      await fails(address, { ...TLS, says: /another name/, next: /--tls-server-name/ }, { tls: { ca: tls.ca } })
    })

    it('one that has expired', async () => {
      const { address } = await listen({ tls: tls.expired })
      await fails(address, { ...TLS, says: /has expired/, next: /renew it/ }, { tls: { ca: tls.ca } })
    })

    it('of this client: none, and one of a stranger', async () => {
      const { address } = await listen({ tls: { ...tls.server, ca: tls.ca } })
      const wanted = { ...TLS, says: /certificate of this client/, next: /--tls-cert/ }
      await fails(address, wanted, { tls: { ca: tls.ca } })
      await fails(address, wanted, { tls: { ca: tls.ca, cert: tls.stranger.cert, key: tls.stranger.key } })
    })
  })

  describe('what is not gNMI', () => {
    it('an HTTP/1 server', async () => {
      await fails(await serve(createHttp1((_request, response) => response.end('hello'))), { ...NOT_GNMI, says: /does not speak gNMI/ })
    })

    it('an HTTPS server without HTTP/2', async () => {
      const server = createHttps1({ cert: tls.server.cert, key: tls.server.key }, (_request, response) => response.end('hello'))
      await fails(await serve(server), { ...NOT_GNMI, says: /no HTTP\/2/ }, { tls: { ca: tls.ca } })
    })

    it('an SSH server', async () => {
      await fails(await serve(createServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'))), {
        ...NOT_GNMI,
        says: /does not speak gNMI/,
      })
    })

    it('a gRPC server without gNMI', async () => {
      const server = new GrpcServer()
      const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
      )
      closing.push(() => server.forceShutdown())
      await fails(`127.0.0.1:${port}`, { ...NOT_GNMI, says: /without this gNMI call/ })
    })

    it('TLS to a plaintext port, and plaintext to a TLS port', async () => {
      const plain = await listen()
      await fails(plain.address, { ...TLS, says: /no TLS is spoken there/, next: /--insecure/ }, { tls: { ca: tls.ca } })
      const secure = await listen({ tls: tls.server })
      await fails(secure.address, { ...UNREACHABLE, says: /TLS may be wanted/, next: /leave out --insecure/ })
    })

    it('nothing at all: no listener, no such name, a connection that is closed at once', async () => {
      const { address, port } = await listen()
      const closed = createServer((socket) => socket.destroy())
      await fails(await serve(closed), { ...UNREACHABLE, says: /closed before a word|reset/ })
      await closing.pop()?.()
      await fails(`no-such-host.invalid:${port}`, { ...UNREACHABLE, says: /cannot be resolved/, next: /spelling/ })
      for (const close of closing.splice(0)) await close()
      await fails(address, { ...UNREACHABLE, says: /nothing listens there/, next: /check the port/ })
    })
  })

  describe('hangs', () => {
    const script = async (onSubscribe: (stream: SubscribeStream) => unknown) => {
      const target = await listen()
      target.onSubscribe = onSubscribe
      return target.address
    }
    /** Half a minute in which nothing comes, once `ready`. */
    const silence = (ready: (run: ReturnType<typeof collecting>) => boolean) => async (run: ReturnType<typeof collecting>) => {
      await run.until('the stream', () => ready(run))
      await run.clock.pass(35_000)
    }
    const connected = silence((run) => run.kinds().includes('connected'))

    it('after TCP', async () => {
      const address = await serve(createServer(() => {}))
      await fails(address, { ...TIMEOUT, says: /no connection in time/ }, { connectTimeout: 300 })
    })

    it('leave no socket behind, before TLS and in it', async () => {
      const server = createServer((socket) => socket.resume())
      const address = await serve(server)
      for (let n = 0; n < 20; n++) {
        const connection = new GnmiConnection({ addresses: [address], connectTimeout: 20, ...(n % 2 && { tls: { ca: tls.ca } }) })
        expect(await thrownBy(() => connection.connect())).to.include({ code: 'SHITOPS_E_GNMI_TIMEOUT' })
        connection.close()
      }
      const open = () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)))
      while ((await open()) > 0) await new Promise(setImmediate)
    })

    it('of some addresses do no harm where another one answers; where none does, all reasons are told', async () => {
      const target = await listen()
      target.onSubscribe = async (stream) => {
        await stream.sync()
        stream.end()
      }
      const hanging = await serve(createServer((socket) => socket.resume()))
      const addresses = [hanging, '127.0.0.1:1', target.address]
      const run = collecting([targetAt('', { connection: { addresses }, subscription: { mode: 'once' } })])
      expect(await run.ended).to.deep.equal([])
      expect(run.facts()[0]).to.include({ kind: 'connected', address: target.address })
      const ssh = await serve(createServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')))
      const none = { ...UNREACHABLE, says: /nothing listens there.*does not speak gNMI/ }
      await fails('127.0.0.1:1', none, { addresses: ['127.0.0.1:1', ssh] })
    })

    it('in the TLS handshake', async () => {
      const address = await serve(createServer(() => {}))
      await fails(address, { ...TIMEOUT, says: /no connection in time/ }, { connectTimeout: 300, tls: { ca: tls.ca } })
    })

    it('in Capabilities', async () => {
      const target = await listen()
      target.answers.Capabilities = HANG
      const expected = { ...TIMEOUT, says: /no answer in time/, next: /--timeout/ }
      await fails(target.address, expected, { connectTimeout: 500 }, { encoding: 'auto' })
    })

    it('without response headers', async () => {
      const run = await fails(await script(() => {}), { ...TIMEOUT, says: /no message for 3\d s/ }, {}, {}, connected)
      expect(run.kinds()).to.deep.equal(['connected', 'stale', 'lost'])
    })

    it('behind the headers', async () => {
      await fails(await script((stream) => stream.headers()), { ...TIMEOUT, says: /no message for 3\d s/ }, {}, {}, connected)
    })

    it('behind the first message', async () => {
      const address = await script((stream) => stream.send(data(1)))
      const after = silence((run) => run.kinds().includes('notification'))
      const run = await fails(address, { ...TIMEOUT, says: /no message for 3\d s/ }, {}, {}, after)
      expect(run.values()).to.deep.equal([1])
    })

    it('in the middle of a message', async () => {
      const address = await script(async (stream) => {
        await stream.send(data(1))
        await stream.sendUnframed(grpcFrame(Buffer.alloc(1_000)).subarray(0, 500))
      })
      const after = silence((run) => run.kinds().includes('notification'))
      const run = await fails(address, { ...TIMEOUT, says: /no message for 3\d s/ }, {}, {}, after)
      expect(run.values()).to.deep.equal([1])
      expect(run.metrics.get('malformed')).to.equal(0)
    })
  })

  describe('messages', () => {
    const big = (megabytes: number) => notification({ update: [leaf('big', { bytes_val: Buffer.alloc(megabytes * 1_000_000, 1) })] })

    it('of 60 MB are taken, of more than the limit not', async () => {
      const target = await listen()
      target.onSubscribe = async (stream, _request, index) => {
        await stream.send(big(index === 0 ? 60 : 70))
        await stream.sync()
        stream.end()
      }
      const { ended, values } = collecting([targetAt(target.address, { subscription: { mode: 'once' } })])
      expect(await ended).to.deep.equal([])
      expect(String(values()[0]).length).to.equal(80_000_000)
      await fails(target.address, { ...TOO_LARGE, says: /larger than/, next: /--max-message-size/ })
    })

    it('above the limit only when gzip is undone', async () => {
      const target = await listen()
      target.onSubscribe = (stream) => stream.sendCompressed(big(5))
      await fails(target.address, { ...TOO_LARGE, says: /larger than/, next: /--max-message-size/ }, { maxMessageBytes: 1 << 20 })
    })

    it('that are none are counted and kept, and the ONCE is a success', async () => {
      const target = await listen()
      target.onSubscribe = async (stream) => {
        await stream.send(Buffer.from('ffff', 'hex'))
        await stream.send(data(1))
        await stream.sync()
        stream.end()
      }
      const { ended, values, metrics, bus } = collecting([targetAt(target.address, { subscription: { mode: 'once' } })])
      expect(await ended).to.deep.equal([])
      expect(values()).to.deep.equal([1])
      expect(metrics.get('malformed')).to.equal(1)
      expect(bus.records.filter(({ topic }) => topic === 'device_telemetry.dlq')).to.have.length(1)
    })

    it('that are none are kept as they are, and told of by their own bytes, also where they came together with others', async () => {
      const target = await listen()
      const none = [Buffer.from('ffff', 'hex'), Buffer.from('0a0222', 'hex')] as const
      target.onSubscribe = async (stream) => {
        await stream.sendPacked([data(1), none[0], data(2), none[1], data(3), { sync_response: true }])
        stream.end()
      }
      const { ended, values, bus } = collecting([targetAt(target.address, { subscription: { mode: 'once' } })])
      expect(await ended).to.deep.equal([])
      expect(values()).to.deep.equal([1, 2, 3])
      const letters = bus.records.filter(({ topic }) => topic === 'device_telemetry.dlq')
      expect(letters.map(({ value }) => value)).to.deep.equal(none.map((bytes) => bytes.toString('base64')))
      const alone = none.map((bytes) => new ResponseDecoder().decode(bytes) as Malformed)
      const said = letters.map(({ headers = [] }) => [...headers].find(([name]) => name === 'dlq_message')?.[1])
      expect(said).to.deep.equal(alone.map(({ message }) => message))
    })

    it('of a device whose clock is years off are passed on, and it is said; samples are not of the future', async () => {
      const target = await listen()
      const years = 10 * 365 * 86_400_000
      target.onSubscribe = async (stream) => {
        for (const off of [years, -years]) {
          const path = { elem: ['system', 'state', 'up-time'].map((name) => ({ name })) }
          await stream.notify({ timestamp: `${NOW + off}000000`, update: [{ path, val: { uint_val: '5000000000' } }] })
        }
        await stream.sync()
        stream.end()
      }
      const once = targetAt(target.address, { subscription: { mode: 'once' } })
      const { ended, telemetry, board, bus, metrics, logger } = collecting([once], { mappings: await compileMappings() })
      expect(await ended).to.deep.equal([])
      const samples = bus.of('device_metrics').filter(({ metric }) => metric === 'uptime')
      expect(samples.map(({ event_time }) => Date.parse(String(event_time)) - NOW)).to.deep.equal([0, -years])
      expect(metrics.get('clock_ahead')).to.equal(1)
      expect(logger.lines.join('\n')).to.match(/clock is 3650d ahead/)
      const times = telemetry().filter(({ kind }) => kind === 'notification')
      expect(times.map(({ event_time, received_at }) => Date.parse(event_time) - Date.parse(received_at))).to.deep.equal([years, -years])
      expect(board.of('core-1', 'default').lag).to.be.closeTo(years, 1)
    })
  })

  describe('refusals', () => {
    const script = async (onSubscribe: (stream: SubscribeStream) => unknown) => {
      const target = await listen()
      target.onSubscribe = onSubscribe
      return target.address
    }

    it('of a password, of a permission', async () => {
      const target = await listen({ credentials: { username: 'ops', password: 'right' } })
      const wrong = { credentials: { username: 'ops', password: 'wrong-and-secret' } }
      const run = await fails(target.address, { ...AUTH, says: /UNAUTHENTICATED/, next: /--password-file/ }, wrong)
      expect(JSON.stringify([run.telemetry(), run.logger.lines, await run.ended])).to.not.include('secret')
      const address = await script((stream) => stream.fail(status.PERMISSION_DENIED, 'read only'))
      await fails(address, { ...AUTH, says: /PERMISSION_DENIED: read only/ })
      await fails(target.address, { ...AUTH, says: /UNAUTHENTICATED/ }, wrong, { encoding: 'auto' })
    })

    it('of a path, of an encoding', async () => {
      await fails(await script((stream) => stream.fail(status.INVALID_ARGUMENT, 'no such path: /x')), {
        ...{ ...REFUSED, says: /INVALID_ARGUMENT: no such path: \/x/ },
      })
      await fails(await script((stream) => stream.fail(status.NOT_FOUND, '/x')), { ...REFUSED, says: /NOT_FOUND: \/x/ })
      await fails(await script((stream) => stream.fail(status.UNIMPLEMENTED, 'unsupported encoding')), {
        ...{ ...REFUSED, says: /UNIMPLEMENTED: unsupported encoding \(encoding proto\)/, next: /--encoding/ },
      })
    })
  })

  describe('connections that break', () => {
    const broken = async (how: (stream: SubscribeStream) => unknown) => {
      const target = await listen()
      target.onSubscribe = async (stream) => {
        await stream.send(data(1))
        await stream.sendUnframed(grpcFrame(Buffer.alloc(1_000)).subarray(0, 500))
        await how(stream)
      }
      return target.address
    }
    const keptFirst = ({ values, metrics }: ReturnType<typeof collecting>) => {
      expect(values()).to.deep.equal([1])
      expect(metrics.get('malformed')).to.equal(0)
    }

    it('by a reset in the middle of a message', async () => {
      keptFirst(await fails(await broken((stream) => stream.drop({ reset: true })), { ...FAILED, says: /connection was lost/ }))
    })

    it('by an end in the middle of a message', async () => {
      keptFirst(await fails(await broken((stream) => stream.drop()), { ...FAILED, says: /connection was lost/ }))
    })

    it('by GOAWAY for too many pings', async () => {
      keptFirst(await fails(await broken((stream) => stream.goAway()), { ...FAILED, says: /too many pings/, next: /--keepalive/ }))
    })

    it('by RST_STREAM, whatever the code', async () => {
      const reset = (code: number) => broken((stream) => stream.reset(code))
      keptFirst(await fails(await reset(constants.NGHTTP2_INTERNAL_ERROR), { ...FAILED, says: /INTERNAL|RST_STREAM/ }))
      keptFirst(await fails(await reset(constants.NGHTTP2_REFUSED_STREAM), { ...FAILED, says: /./ }))
      keptFirst(await fails(await reset(constants.NGHTTP2_ENHANCE_YOUR_CALM), { ...FAILED, says: /RESOURCE_EXHAUSTED/ }))
      keptFirst(await fails(await reset(constants.NGHTTP2_CANCEL), { ...FAILED, class: 'cancelled', says: /cancelled/ }))
    })
  })
})
