import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { credentials, status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { type Clock, systemClock } from '../../../../../src/base/clock.ts'
import { readOrCreateCertificate } from '../../../../../src/collectors/gnmi/agent/certificate.ts'
import { AgentServer } from '../../../../../src/collectors/gnmi/agent/rpc/agent-server.ts'
import { thisMachine } from '../../../../../src/collectors/gnmi/agent/sources/this-machine.ts'
import { makeTlsFiles } from '../../../../support/kafka/tls.ts'
import { CREDENTIALS, type Message, pathOf, TestTarget, textOf, textOfValue, toldBy } from '../support/target.ts'

const HOSTNAME = '/system/state/hostname'
const ETH0 = '/interfaces/interface[name=eth0]'
const at = (path: string, rest: object = {}) => ({ path: pathOf(path), ...rest })

describe("the agent's RPCs", () => {
  let target: TestTarget
  beforeEach(async () => {
    // Refusals of passwords are held back for seconds; here for a moment.
    const clock: Clock = { now: systemClock.now, sleep: (ms, signal) => systemClock.sleep(ms < 5_000 ? Math.min(ms, 50) : ms, signal) }
    target = await TestTarget.listen({ clock })
  })
  afterEach(() => target.close())

  it('Capabilities: version 0.10.0, three encodings, the models', async () => {
    const answer = await target.call('Capabilities', {})
    expect(answer.gNMI_version).to.equal('0.10.0')
    expect(answer.supported_encodings).to.deep.equal(['PROTO', 'JSON', 'JSON_IETF'])
    expect(answer.supported_models.map(({ name }: Message) => name)).to.include.members([
      'openconfig-system',
      'openconfig-interfaces',
      'openconfig-probes',
    ])
  })

  it('Set is not offered', async () => {
    expect(await target.call('Set', {})).to.include({ code: status.UNIMPLEMENTED })
  })

  describe('Get', () => {
    it('gives one notification a path: leaves in PROTO, with 64 bits exact and the target echoed', async () => {
      const request = { prefix: { target: 'laptop-7' }, path: [pathOf('/system/state'), pathOf(`${ETH0}/state/name`)], encoding: 'PROTO' }
      const { notification } = await target.call('Get', request)
      expect(notification).to.have.length(2)
      expect(notification[0].prefix).to.include({ target: 'laptop-7', origin: 'openconfig' })
      expect(notification[0].update.map(({ path, val }: Message) => [textOf(path), val.value])).to.deep.equal([
        [HOSTNAME, 'string_val'],
        ['/system/state/up-time', 'uint_val'],
      ])
      expect(notification[0].update[1].val.uint_val).to.equal(`${2n ** 63n + 1n}`)
      expect(Number(BigInt(notification[0].timestamp) / 1_000_000n)).to.be.closeTo(Date.now(), 60_000)
    })

    it('gives the value of each node in JSON and JSON_IETF', async () => {
      const valuesOf = async (encoding: string, path: string) => {
        const { notification } = await target.call('Get', { path: [pathOf(path)], encoding })
        return notification[0].update.map((update: Message) => [textOf(update.path), textOfValue(update.val)])
      }
      expect(await valuesOf('JSON_IETF', '/system/state')).to.deep.equal([
        ['/system/state', '{"openconfig-system:hostname":"laptop-7","openconfig-system:up-time":"9223372036854775809"}'],
      ])
      expect(await valuesOf('JSON', '/interfaces/interface/state/counters')).to.deep.equal([
        [`${ETH0}/state/counters`, '{"in-octets":1000}'],
        ['/interfaces/interface[name=wlan0]/state/counters', '{"in-octets":1000}'],
      ])
      expect(await valuesOf('JSON', HOSTNAME)).to.deep.equal([[HOSTNAME, '"laptop-7"']])
      expect(await valuesOf('JSON', 'shitops:/battery/state/percent')).to.deep.equal([['/battery/state/percent', '80']])
    })

    it('takes prefix and path together, and the root', async () => {
      const request = { prefix: pathOf('interfaces'), path: [pathOf('interface[name=eth0]/state/name')], encoding: 'PROTO' }
      const { notification } = await target.call('Get', request)
      expect(notification[0].update.map(({ path }: Message) => textOf(path))).to.deep.equal([`${ETH0}/state/name`])
      const root = await target.call('Get', { path: [{}] })
      expect(Object.keys(JSON.parse(textOfValue(root.notification[0].update[0].val)))).to.deep.equal(['system', 'interfaces'])
    })

    it('has state and no configuration', async () => {
      for (const [type, updates] of [
        ['ALL', 1],
        ['STATE', 1],
        ['OPERATIONAL', 1],
        ['CONFIG', 0],
      ] as const) {
        const { notification } = await target.call('Get', { path: [pathOf(HOSTNAME)], type })
        expect(notification[0].update ?? [], type).to.have.length(updates)
      }
    })

    it('says NOT_FOUND, with the path, for what this machine does not have', async () => {
      expect(await target.call('Get', { path: [pathOf(HOSTNAME), pathOf('/system/state/domain-name')] })).to.deep.equal({
        code: status.NOT_FOUND,
        details: 'this machine has nothing at openconfig:/system/state/domain-name',
      })
    })

    it('refuses encodings and origins that it does not have', async () => {
      const encoding = await target.call('Get', { path: [pathOf(HOSTNAME)], encoding: 'ASCII' })
      expect(encoding).to.include({ code: status.UNIMPLEMENTED })
      expect(encoding.details).to.match(/ASCII.*PROTO, JSON, JSON_IETF/)
      const origin = await target.call('Get', { path: [pathOf('cli:/show')] })
      expect(origin).to.include({ code: status.INVALID_ARGUMENT })
      const both = await target.call('Get', { prefix: { origin: 'openconfig' }, path: [pathOf('openconfig:/system')] })
      expect(both).to.include({ code: status.INVALID_ARGUMENT })
    })
  })

  describe('Subscribe', () => {
    const list = (rest: object = {}) => ({ encoding: 'PROTO', subscription: [at(HOSTNAME, { mode: 'ON_CHANGE' })], ...rest })

    it('STREAM: state, sync, changes, deletes', async () => {
      const subscription = [at('/interfaces', { mode: 'ON_CHANGE' }), at(HOSTNAME, { mode: 'SAMPLE' })]
      const stream = await target.subscribe(list({ subscription })).synced()
      // What follows the sync may have come with it.
      const state = stream.responses.slice(
        0,
        stream.responses.findIndex((response) => response.sync_response),
      )
      expect(state.flatMap(({ update }) => toldBy(update))).to.have.length(7)
      target.machine.octets('eth0', 2n ** 64n - 1n)
      await stream.until(({ told }) => told.includes(`${ETH0}/state/counters/in-octets=18446744073709551615`))
      target.machine.unplug('eth0')
      await stream.until(({ told }) => told.includes(`-${ETH0}`))
      await stream.until(({ told }) => told.filter((one) => one === `${HOSTNAME}=laptop-7`).length >= 4)
      expect(stream.syncs).to.equal(1)
      stream.cancel()
      await target.call('Capabilities', {})
      while (target.server.streams > 0) await target.call('Capabilities', {})
    })

    for (const [encoding, arm] of [
      ['PROTO', 'uint_val'],
      ['JSON', 'json_val'],
      ['JSON_IETF', 'json_ietf_val'],
    ] as const) {
      it(`speaks ${encoding}`, async () => {
        const stream = await target.subscribe({ encoding, mode: 'ONCE', subscription: [at('/system/state/up-time')] }).ended()
        const [update] = stream.updates[0].update
        expect(update.val.value).to.equal(arm)
        const digits = `${2n ** 63n + 1n}`
        expect(textOfValue(update.val)).to.equal(encoding === 'JSON_IETF' ? `"${digits}"` : digits)
      })
    }

    it('ONCE: ends with OK after the sync', async () => {
      const stream = await target.subscribe(list({ mode: 'ONCE', prefix: { target: 'me' } })).ended()
      expect(stream.status?.code).to.equal(status.OK)
      expect(stream.told).to.deep.equal([`${HOSTNAME}=laptop-7`])
      expect(stream.updates[0].prefix.target).to.equal('me')
      expect(stream.responses.at(-1).sync_response).to.equal(true)
    })

    it('ONCE of a path that is not there: the sync alone', async () => {
      const stream = await target.subscribe({ mode: 'ONCE', subscription: [at('/no/such')] }).ended()
      expect([stream.status?.code, stream.told, stream.syncs]).to.deep.equal([status.OK, [], 1])
    })

    it('STREAM of a path that is not there stays open, and tells it once it is', async () => {
      const stream = await target
        .subscribe(list({ subscription: [at('/interfaces/interface[name=vpn0]', { mode: 'ON_CHANGE' })] }))
        .synced()
      target.machine.plug('vpn0')
      await stream.until(({ told }) => told.includes('/interfaces/interface[name=vpn0]/state/oper-status=UP'))
    })

    it('POLL: a sync for each poll, and OK when the client has no more', async () => {
      const stream = await target.subscribe(list({ mode: 'POLL' })).synced()
      stream.send({ poll: {} })
      stream.send({ poll: {} })
      await stream.synced(3)
      stream.halfClose()
      await stream.ended()
      expect(stream.status?.code).to.equal(status.OK)
      expect(stream.told).to.deep.equal(Array(3).fill(`${HOSTNAME}=laptop-7`))
    })

    it('a client that closed its side goes on getting its stream', async () => {
      const stream = target.subscribe(list())
      stream.halfClose()
      await stream.synced()
      target.machine.system.state(HOSTNAME, 'laptop-8')
      await stream.until(({ told }) => told.includes(`${HOSTNAME}=laptop-8`))
    })

    it('understands the deprecated element of old clients', async () => {
      const path = { element: ['interfaces', 'interface[name=eth0]', 'state', 'name'] }
      const stream = await target.subscribe({ mode: 'ONCE', encoding: 'PROTO', subscription: [{ path }] }).ended()
      expect(stream.told).to.deep.equal([`${ETH0}/state/name=eth0`])
    })

    const SECOND = '1000000000'
    const refused: Array<[what: string, code: number, list: object | undefined, ...more: object[]]> = [
      ['an empty list', status.INVALID_ARGUMENT, {}],
      ['a Poll first', status.INVALID_ARGUMENT, undefined, { poll: {} }],
      ['a second SubscriptionList', status.INVALID_ARGUMENT, list(), { subscribe: list() }],
      ['a Poll in mode STREAM', status.INVALID_ARGUMENT, list(), { poll: {} }],
      ['an empty request', status.INVALID_ARGUMENT, list(), {}],
      [
        'sample_interval with TARGET_DEFINED',
        status.INVALID_ARGUMENT,
        list({ subscription: [at(HOSTNAME, { mode: 'TARGET_DEFINED', sample_interval: SECOND })] }),
      ],
      [
        'an interval below the floor',
        status.INVALID_ARGUMENT,
        list({ subscription: [at(HOSTNAME, { mode: 'SAMPLE', sample_interval: '1000000' })] }),
      ],
      [
        'a heartbeat below the floor',
        status.INVALID_ARGUMENT,
        list({ subscription: [at(HOSTNAME, { mode: 'ON_CHANGE', heartbeat_interval: '1' })] }),
      ],
      ['an unknown origin', status.INVALID_ARGUMENT, list({ subscription: [at('eos_native:/x')] })],
      ['origins in prefix and path', status.INVALID_ARGUMENT, list({ prefix: { origin: 'shitops' }, subscription: [at('shitops:/x')] })],
      ['an element without a name', status.INVALID_ARGUMENT, list({ subscription: [{ path: { elem: [{ name: '' }] } }] })],
      ['an encoding that is not there', status.UNIMPLEMENTED, list({ encoding: 'BYTES' })],
      ['a mode that is none', status.INVALID_ARGUMENT, list({ mode: 7 })],
      ['too many subscriptions', status.RESOURCE_EXHAUSTED, list({ subscription: Array(257).fill(at(HOSTNAME)) })],
    ]
    for (const [what, code, first, ...more] of refused) {
      it(`refuses ${what}`, async () => {
        const stream = target.subscribe(first)
        for (const request of more) stream.send(request)
        await stream.ended()
        expect(stream.status?.code).to.equal(code)
        expect(stream.status?.details).to.not.equal('')
      })
    }

    it('refuses a request that is too large', async () => {
      const subscription = [at(`/${'x'.repeat(300_000)}`)]
      const stream = await target.subscribe({ subscription }).ended()
      expect(stream.status?.code).to.equal(status.RESOURCE_EXHAUSTED)
    })

    it('has sixteen streams for a client, and room again when one ends', async () => {
      const streams = Array.from({ length: 16 }, () => target.subscribe(list()))
      for (const stream of streams) await stream.synced()
      const more = await target.subscribe(list()).ended()
      expect(more.status?.code).to.equal(status.RESOURCE_EXHAUSTED)
      streams[0]?.cancel()
      while (target.server.streams > 15) await target.call('Capabilities', {})
      await target.subscribe(list()).synced()
    })

    it('stays small when a client does not read, and reports duplicates when it does', async () => {
      const subscription = [at('/interfaces', { mode: 'SAMPLE' })]
      for (let i = 0; i < 200; i++) target.machine.plug(`veth${i}`)
      const stream = target.subscribe(list({ subscription }))
      await stream.synced()
      stream.pause()
      let octets = 0n
      const busy = async () => {
        octets++
        target.machine.octets('eth0', octets)
        await target.call('Capabilities', {})
      }
      while (target.metrics.get('duplicates') < 2_000) await busy()
      expect(target.server.waiting).to.be.at.most(202 * 3)
      stream.resume()
      await stream.until(({ updates }) => updates.some(({ update }: Message) => update.some(({ duplicates }: Message) => duplicates > 0)))
    })

    it('ends streams with UNAVAILABLE when it stops', async () => {
      const stream = await target.subscribe(list()).synced()
      await target.server.close()
      await stream.ended()
      expect(stream.status).to.deep.equal({ code: status.UNAVAILABLE, details: 'the agent stops' })
    })
  })

  describe('passwords', () => {
    it('refuses who shows none, or a wrong one, on every RPC, and counts them', async () => {
      const wrong = [{}, { username: 'shitops' }, { username: 'shitops', password: 'Correct horse' }, { ...CREDENTIALS, username: 'root' }]
      for (const [i, method] of ['Capabilities', 'Get', 'Set'].entries()) {
        expect(await target.call(method, {}, wrong[i]), method).to.include({ code: status.UNAUTHENTICATED })
      }
      const stream = await target.subscribe({ subscription: [at(HOSTNAME)] }, wrong[3]).ended()
      expect(stream.status?.code).to.equal(status.UNAUTHENTICATED)
      expect(stream.responses).to.deep.equal([])
      expect(target.metrics.get('unauthenticated')).to.equal(4)
      expect(await target.call('Capabilities', {})).to.have.property('gNMI_version')
    })
  })
})

describe("the agent's TLS", () => {
  let directory: string
  let target: TestTarget
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'shitops-agent-'))
  })
  afterEach(async () => {
    await target.close()
    await rm(directory, { recursive: true, force: true })
  })

  it('is trusted by its own certificate, by address and by name, and by nothing else', async () => {
    const { tls } = await readOrCreateCertificate(directory, '127.0.0.1', Date.now())
    target = await TestTarget.listen({ tls })
    const trusting = target.client(credentials.createSsl(tls.certificate))
    expect(await target.call('Capabilities', {}, CREDENTIALS, trusting)).to.have.property('gNMI_version')
    const named = target.client(credentials.createSsl(tls.certificate), { 'grpc.ssl_target_name_override': 'shitops-agent' })
    const stream = target.subscribe({ mode: 'ONCE', subscription: [at(HOSTNAME)] }, CREDENTIALS, named)
    expect((await stream.ended()).status?.code).to.equal(status.OK)
    for (const [what, client] of [
      ['no trust', target.client(credentials.createSsl())],
      ['another name', target.client(credentials.createSsl(tls.certificate), { 'grpc.ssl_target_name_override': 'elsewhere' })],
      ['plain text', target.client()],
    ] as const) {
      expect(await target.call('Capabilities', {}, CREDENTIALS, client), what).to.include({ code: status.UNAVAILABLE })
    }
  })

  it('with a client authority, wants a certificate of it as well as the password', async function () {
    this.timeout(120_000)
    const files = await makeTlsFiles(directory)
    const { readCertificate, readPem } = await import('../../../../../src/collectors/gnmi/agent/certificate.ts')
    const own = await readCertificate(join(directory, 'broker.pem'), join(directory, 'broker.key'))
    const ca = await readPem(files.ca)
    target = await TestTarget.listen({ tls: { ...own, clientAuthority: ca } })
    const [key, certificate] = [await readPem(files.clientKey), await readPem(files.clientCert)]
    const known = target.client(credentials.createSsl(ca, key, certificate))
    expect(await target.call('Capabilities', {}, CREDENTIALS, known)).to.have.property('gNMI_version')
    expect(await target.call('Capabilities', {}, {}, known)).to.include({ code: status.UNAUTHENTICATED })
    const unknown = target.client(credentials.createSsl(ca))
    expect(await target.call('Capabilities', {}, CREDENTIALS, unknown)).to.include({ code: status.UNAVAILABLE })
  })

  it('says which address is taken, and what is no key', async () => {
    target = await TestTarget.listen()
    const options = { credentials: CREDENTIALS, sources: [], clock: systemClock, metrics: target.metrics, logger: console }
    const failure = (rest: object) =>
      AgentServer.listen({ ...options, listen: target.server.address, ...rest }).then(
        () => undefined,
        (error: unknown) => error,
      )
    const taken = await failure({})
    expect(taken).to.include({ code: 'SHITOPS_E_AGENT_LISTEN' })
    expect(String(taken)).to.include(target.server.address)
    const tls = { key: Buffer.from('no key'), certificate: Buffer.from('no certificate') }
    expect(await failure({ listen: '127.0.0.1:0', tls })).to.include({ code: 'SHITOPS_E_AGENT_TLS' })
    expect(await failure({ listen: '192.0.2.77:0' })).to.include({ code: 'SHITOPS_E_AGENT_LISTEN' })
  })
})

describe('the agent on this machine', () => {
  let target: TestTarget
  before(async () => {
    target = await TestTarget.listen({ sources: thisMachine(systemClock, '1.2.3') })
  })
  after(() => target.close())

  it('tells what a machine must have, and nothing that cannot be', async function () {
    this.timeout(120_000)
    const list = { encoding: 'PROTO', mode: 'ONCE', subscription: [at('/'), at('shitops:/')] }
    const ask = async () => {
      const stream = await target.subscribe(list).ended()
      expect(stream.status?.code).to.equal(status.OK)
      return new Map<string, string>(
        stream.updates.flatMap(({ update }) => update.map(({ path, val }: Message) => [textOf(path), textOfValue(val)])),
      )
    }
    const cpu = '/system/cpus/cpu[index=ALL]/state'
    const memory = '/system/memory/state'
    const must = [HOSTNAME, '/system/state/software-version', '/agent/state/version', `${cpu}/total/instant`, `${memory}/physical`]
    // What a busy machine cannot read within a few seconds is not told then; it is when it is asked for again.
    let told = await ask()
    while (!must.every((path) => told.has(path))) told = await ask()
    const number = (path: string) => Number(told.get(path))
    expect(told.get(HOSTNAME)).to.not.equal('')
    expect(told.get('/system/state/software-version')).to.not.equal('')
    expect(told.get('/agent/state/version')).to.equal('1.2.3')
    expect(number('/system/state/boot-time') / 1e6).to.be.within(1e12, Date.now())
    expect(number('/system/state/up-time')).to.be.above(0)
    const [instant, idle, wait] = ['total', 'idle', 'wait'].map((share) => number(`${cpu}/${share}/instant`))
    expect(instant).to.be.within(0, 100)
    expect((instant ?? 0) + (idle ?? 0) + (wait || 0)).to.be.within(98, 102)
    expect(number(`${cpu}/total/min`)).to.be.at.most(number(`${cpu}/total/max`))
    expect(number(`${memory}/used`) + number(`${memory}/available`)).to.equal(number(`${memory}/physical`))
    expect([...told.keys()].some((path) => /^\/interfaces\/interface\[name=[^\]]+\]\/state\/counters\/in-octets$/.test(path))).to.equal(
      true,
    )
    const loss = told.get('/probes/probe[name=gateway]/tests/test[name=loss]/results/state/loss-percentage')
    if (loss !== undefined) expect(Number(loss)).to.be.within(0, 100)
    const battery = told.get('/battery/state/percent')
    if (battery !== undefined) expect(Number(battery)).to.be.within(0, 100)
  })
})
