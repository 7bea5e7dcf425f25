import { expect } from 'chai'
import { subscriptionOf } from '../../../../src/cli/gnmi/subscription-flags.ts'
import { tlsOptions } from '../../../../src/cli/gnmi/tls-files.ts'
import type { Encoding, GnmiTarget, Subscription } from '../../../../src/collectors/gnmi/config.ts'
import { formatPath } from '../../../../src/collectors/gnmi/path/format.ts'
import { parsePath } from '../../../../src/collectors/gnmi/path/parse.ts'
import type { GnmiPath } from '../../../../src/collectors/gnmi/path/path.ts'
import { depthExtension, historyExtension } from '../../../../src/collectors/gnmi/request/extensions.ts'
import { type AskedSubscribe, Refusal } from '../../../../src/office/gnmi/scripted/index.ts'
import { collecting, NOW, SUBSCRIPTION, targetAt } from '../support/collecting.ts'
import { asked, collected, notification, refusedUnasked, useTarget } from './support.ts'

/** docs/gnmi-conformance.md, statements 1–19. */
describe('gNMI conformance: requests', () => {
  const listen = useTarget()
  const paths = (...texts: string[]): Partial<Subscription> => ({ groups: [{ paths: texts, mode: 'target_defined' }] })
  const parsed = (text: string) => parsePath(text) as GnmiPath
  const stream = (group: Partial<Subscription['groups'][number]>): Partial<Subscription> => ({
    groups: [{ paths: ['/a'], mode: 'sample', ...group }],
  })

  it('1: an RPC carries one SubscriptionList, as its first message; other paths are another RPC', async () => {
    const target = await listen()
    target.onSubscribe = async (one) => {
      one.onPoll = () => one.sync()
      await one.sync()
    }
    let change: (targets: GnmiTarget[]) => void = () => {}
    const changed = new Promise<GnmiTarget[]>((resolve) => {
      change = resolve
    })
    async function* changes() {
      yield await changed
    }
    const poll = { mode: 'poll', pollInterval: 1_000 } as const
    const { clock, until, kinds } = collecting([targetAt(target.address, { subscription: { ...poll, ...paths('/a') } })], {
      changes: changes(),
    })
    const first = await target.subscribed(1)
    await until('the initial state', () => kinds().includes('synced'))
    while (first.polls < 3) await clock.pass(1_000)
    change([targetAt(target.address, { subscription: { ...poll, ...paths('/a', '/b') } })])
    await target.subscribed(2)
    await first.untilCancelled()
    const arms = (index: number) =>
      target.requests.filter((one) => one.stream === index).map(({ message }) => (message as AskedSubscribe).request)
    expect(arms(0).slice(0, 4)).to.deep.equal(['subscribe', 'poll', 'poll', 'poll'])
    expect(arms(1)[0]).to.equal('subscribe')
    expect(target.streams[1]?.request.subscribe?.subscription).to.have.length(2)
  })

  it('2: a list without a subscription is never sent', async () => {
    const target = await listen()
    expect(await refusedUnasked(target, { groups: [] })).to.match(/without a path/)
    expect(await refusedUnasked(target, { groups: [{ paths: [], mode: 'sample' }] })).to.match(/without a path/)
    expect((await asked(target, paths('/'))).subscribe?.subscription).to.have.length(1)
  })

  it('3: encoding and modes are those that were asked for, also where they are the zeros of the protocol', async () => {
    const target = await listen()
    const encodings: Encoding[] = ['JSON', 'BYTES', 'PROTO', 'ASCII', 'JSON_IETF', 42]
    for (const encoding of encodings) {
      const { subscribe } = await asked(target, { encoding })
      expect(subscribe?.encoding ?? 'JSON', String(encoding)).to.equal(encoding)
    }
    for (const mode of ['stream', 'once', 'poll'] as const) {
      expect((await asked(target, { mode })).subscribe?.mode ?? 'STREAM').to.equal(mode.toUpperCase())
    }
    for (const mode of ['sample', 'on_change', 'target_defined'] as const) {
      const { subscribe } = await asked(target, stream({ mode, ...(mode === 'sample' && { sampleInterval: 1_000 }) }))
      expect(subscribe?.subscription?.[0]?.mode ?? 'TARGET_DEFINED').to.equal(mode.toUpperCase())
    }
    // Who types nothing gets samples, and not what the protocol's zeros happen to mean.
    const flags = {
      mode: 'stream',
      'stream-mode': 'sample',
      encoding: 'auto',
      'poll-interval': '10s',
      name: 'default',
      path: ['/a'],
    } as const
    const { groups } = subscriptionOf({ ...flags, path: ['/a'] }, NOW)
    expect(groups).to.deep.equal([{ paths: ['/a'], mode: 'sample', sampleInterval: 10_000 }])
  })

  it('4: the target stands in the prefix, and in no path', async () => {
    const target = await listen()
    const { subscribe } = await asked(target, { ...paths('/a', '/b') }, { prefixTarget: 'leaf1' })
    expect(subscribe?.prefix).to.deep.equal({ target: 'leaf1' })
    expect(subscribe?.subscription?.map((one) => one.path?.target)).to.deep.equal([undefined, undefined])
    expect((await asked(target, paths('/a'))).subscribe?.prefix).to.equal(undefined)
  })

  it('5: an origin stands in the prefix or in the paths, never in both', async () => {
    const target = await listen()
    const several = (await asked(target, paths('openconfig:/a', 'eos_native:/b'))).subscribe
    expect(several?.prefix).to.equal(undefined)
    expect(several?.subscription?.map((one) => one.path?.origin)).to.deep.equal(['openconfig', 'eos_native'])
    const shared = (await asked(target, { ...paths('openconfig:/b', '/c'), prefix: '/a' })).subscribe
    expect(shared?.prefix).to.deep.include({ origin: 'openconfig' })
    expect(shared?.subscription?.map((one) => one.path?.origin)).to.deep.equal([undefined, undefined])
    expect(await refusedUnasked(target, { ...paths('openconfig:/b', 'eos_native:/c'), prefix: '/a' })).to.match(/several origins/)
    expect(await refusedUnasked(target, { ...paths('eos_native:/b'), prefix: 'openconfig:/a' })).to.match(/origin/)
  })

  it('6: an origin that is not stated is not sent and means openconfig; one that is stated is sent as it is', async () => {
    const target = await listen()
    const origins = (await asked(target, paths('/a', 'openconfig:/b', 'cli:'))).subscribe?.subscription?.map((one) => one.path?.origin)
    expect(origins).to.deep.equal([undefined, 'openconfig', 'cli'])
    // Under a prefix the one that is not stated and openconfig are the same, so they may share it; with another it may not.
    expect((await asked(target, { ...paths('/b', 'openconfig:/c'), prefix: '/a' })).subscribe?.prefix?.origin).to.equal('openconfig')
    expect(await refusedUnasked(target, { ...paths('/b', 'eos_native:/c'), prefix: '/a' })).to.match(/openconfig, eos_native/)
  })

  it('7: the root is a path without elements', async () => {
    const target = await listen()
    const { subscribe } = await asked(target, paths('/', '', 'openconfig:/'))
    expect(subscribe?.subscription?.map((one) => one.path)).to.deep.equal([{}, {}, { origin: 'openconfig' }])
  })

  it('8: paths are read as the conventions have them, and every one that was read is printed as itself', async () => {
    const value = (text: string) => parsed(text).elems.at(-1)?.keys[0]?.[1]
    const values: Array<[string, string]> = [
      ['/a[name=\\]]', ']'],
      ['/a[name=[]', '['],
      ['/a[name=[\\\\\\]]', '[\\]'],
      ['/a[name=x/y=z:1]', 'x/y=z:1'],
      ['/a[name=\\n\\r\\u00e9]', '\n\ré'],
      ['/a[name=]', ''],
    ]
    for (const [text, expected] of values) {
      expect(value(text), text).to.equal(expected)
      expect(parsePath(formatPath(parsed(text))), text).to.deep.equal(parsed(text))
    }
    for (const text of ['/a[name=\\]]', '/a[name=[]', '/a[name=[\\\\\\]]', '/a[name=x/y=z:1]']) {
      expect(formatPath(parsed(text))).to.equal(text)
    }
    const target = await listen()
    const { subscribe } = await asked(target, paths(...values.map(([text]) => text)))
    expect(subscribe?.subscription?.map((one) => one.path?.elem?.[0]?.key?.name ?? '')).to.deep.equal(values.map(([, sent]) => sent))
  })

  it('9: keys are printed in the order of their names, an absolute path with its slash', () => {
    expect(formatPath(parsed('a[z=1][b=2][a=3]/c'))).to.equal('/a[a=3][b=2][z=1]/c')
    expect(formatPath(parsed('openconfig:a'))).to.equal('/openconfig:a')
    expect(formatPath(parsed('openconfig:/a'))).to.equal('openconfig:/a')
    expect(formatPath(parsed(''))).to.equal('/')
  })

  it('10: wildcards go out as they are: one level, many levels, a key; a missing key is not filled in', async () => {
    const target = await listen()
    const { subscribe } = await asked(target, paths('/a/*/b/.../c', '/a[k=*]', '/a'))
    expect(subscribe?.subscription?.map((one) => one.path?.elem)).to.deep.equal([
      [{ name: 'a' }, { name: '*' }, { name: 'b' }, { name: '...' }, { name: 'c' }],
      [{ name: 'a', key: { k: '*' } }],
      [{ name: 'a' }],
    ])
  })

  it('11: the deprecated element is never sent, and read when it is received', async () => {
    const target = await listen()
    const update = { path: { element: ['interfaces', 'interface[name=Eth1/1]', 'state'] }, val: { uint_val: '7' } }
    const { first } = await collected(target, [notification({ prefix: { element: ['a'] }, update: [update] })])
    expect(first()).to.deep.include({
      prefix: '/a',
      updates: [{ path: '/interfaces/interface[name=Eth1/1]/state', keys: { interface_name: 'Eth1/1' }, type: 'uint', value: 7 }],
    })
    expect(target.streams[0]?.request.subscribe?.subscription?.[0]?.path).to.deep.equal({ elem: [{ name: 'interfaces' }] })
  })

  it('12: intervals are whole nanoseconds, exact at any length', async () => {
    const target = await listen()
    // Three years and a millisecond: beyond 2^53 ns.
    const long = 3 * 365 * 86_400_000 + 1
    const group = { mode: 'sample', sampleInterval: 10_000, suppressRedundant: true, heartbeatInterval: long } as const
    expect((await asked(target, stream(group))).subscribe?.subscription?.[0]).to.include({
      sample_interval: '10000000000',
      heartbeat_interval: '94608000001000000',
    })
  })

  it('13: a sample interval goes with SAMPLE alone, and always: 0 only where it was asked for', async () => {
    const target = await listen()
    const sent = async (group: Partial<Subscription['groups'][number]>) =>
      (await asked(target, stream(group))).subscribe?.subscription?.[0]?.sample_interval
    expect(await sent({ sampleInterval: 1_000 })).to.equal('1000000000')
    expect((await sent({ sampleInterval: 0 })) ?? '0').to.equal('0')
    expect(await sent({ mode: 'on_change' })).to.equal(undefined)
    expect(await sent({ mode: 'target_defined' })).to.equal(undefined)
    expect(await refusedUnasked(target, stream({ mode: 'target_defined', sampleInterval: 1_000 }))).to.match(/sample interval/)
    expect(await refusedUnasked(target, stream({ mode: 'on_change', sampleInterval: 1_000 }))).to.match(/sample interval/)
  })

  it('14: a heartbeat goes with ON_CHANGE, and with SAMPLE that leaves out what has not changed', async () => {
    const target = await listen()
    const sent = async (group: Partial<Subscription['groups'][number]>) =>
      (await asked(target, stream(group))).subscribe?.subscription?.[0]?.heartbeat_interval
    expect(await sent({ mode: 'on_change', heartbeatInterval: 60_000 })).to.equal('60000000000')
    expect(await sent({ sampleInterval: 1_000, suppressRedundant: true, heartbeatInterval: 60_000 })).to.equal('60000000000')
    expect(await refusedUnasked(target, stream({ sampleInterval: 1_000, heartbeatInterval: 60_000 }))).to.match(/heartbeat/)
    expect(await refusedUnasked(target, stream({ mode: 'target_defined', heartbeatInterval: 60_000 }))).to.match(/heartbeat/)
    expect(await refusedUnasked(target, stream({ mode: 'on_change', suppressRedundant: true }))).to.match(/redundant/)
  })

  it('15: qos, allow_aggregation and use_models are sent only where they were asked for', async () => {
    const target = await listen({ strict: { qos: true, allowAggregation: true, useModels: true } })
    expect((await asked(target, paths('/a'))).subscribe).to.not.have.any.keys('qos', 'allow_aggregation', 'use_models')
    const wanted = await asked(target, { ...paths('/a'), qos: 10, allowAggregation: true, models: [{ name: 'openconfig-system' }] })
    expect(wanted.subscribe).to.deep.include({
      qos: { marking: 10 },
      allow_aggregation: true,
      use_models: [{ name: 'openconfig-system' }],
    })
  })

  it('16: ONCE and POLL carry no mode and no interval', async () => {
    const target = await listen()
    for (const mode of ['once', 'poll'] as const) {
      const group = { mode: 'sample', sampleInterval: 1_000, suppressRedundant: true, heartbeatInterval: 5_000 } as const
      const { subscribe } = await asked(target, { mode, ...stream(group) })
      expect(subscribe?.subscription).to.deep.equal([{ path: { elem: [{ name: 'a' }] } }])
    }
  })

  it('17: a snapshot goes with ONCE, a range with STREAM, a depth with both; extensions that come and are unknown do no harm', async () => {
    const target = await listen()
    const times = { snapshot: '2026-01-01T00:00:00.123456789Z', start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' }
    const { snapshot, ...range } = times
    const extensions = [historyExtension({ snapshot }, 'ONCE', NOW), depthExtension(2)].filter((one) => one !== undefined)
    const once = await asked(target, { mode: 'once', extensions })
    expect(once.extension?.[0]?.history).to.deep.include({ snapshot_time: '1767225600123456789' })
    expect(once.extension?.[1]?.depth).to.deep.equal({ level: 2 })
    const streamed = historyExtension(range, 'STREAM', NOW)
    const ranged = await asked(target, { extensions: streamed ? [streamed] : [] })
    expect(ranged.extension?.[0]?.history?.range).to.deep.equal({ start: '1767225600000000000', end: '1767312000000000000' })
    for (const [texts, mode] of [
      [{ snapshot }, 'STREAM'],
      [range, 'ONCE'],
      [{ start: times.end, end: times.start }, 'STREAM'],
    ] as const) {
      expect(() => historyExtension(texts, mode, NOW))
        .to.throw()
        .with.property('code', 'SHITOPS_E_USAGE')
    }
    const unknown = { registered_ext: { id: 'EID_EXPERIMENTAL', msg: Buffer.from('whatever') } }
    // Beside one that is registered, one whose arm nobody knows (field 99).
    const arm = Buffer.from('2a05ba06020801', 'hex')
    const sent = [{ ...notification({ update: [] }), extension: [unknown] }, arm]
    const { notifications, metrics, stream: open } = await collected(target, sent)
    expect(notifications()).to.have.length(1)
    expect(metrics.get('malformed')).to.equal(0)
    expect(open.open).to.equal(true)
  })

  it('18: user and password go with each RPC as metadata; TLS is the default, and never given up by itself', async () => {
    const credentials = { username: 'ops', password: 'secret' }
    const target = await listen({ strict: true, credentials })
    target.answers.Capabilities = { supported_encodings: ['PROTO'] }
    const connection = { addresses: [target.address], credentials }
    collecting([targetAt(target.address, { connection, subscription: { encoding: 'auto' } })])
    await target.subscribed()
    expect(target.requests.map(({ method }) => method)).to.deep.equal(['Capabilities', 'Subscribe'])
    for (const { metadata } of target.requests) expect(metadata).to.include(credentials)

    expect(await tlsOptions({})).to.be.an('object')
    expect(await tlsOptions({ insecure: true })).to.equal(undefined)
    // Nothing but plaintext is spoken there. A client that fell back to it would hand its password to anybody.
    const plain = await listen()
    const overTls = { addresses: [plain.address], tls: {}, credentials }
    const { ended } = collecting([targetAt(plain.address, { connection: overTls, subscription: { mode: 'once' } })])
    expect((await ended)[0]).to.include({ code: 'SHITOPS_E_GNMI_TLS' })
    expect(plain.requests).to.deep.equal([])
  })

  it('19: the encoding is picked from what the target names; where it is not taken, the error names it', async () => {
    const target = await listen()
    const picked = async (supported: Array<string | number>) => {
      target.answers.Capabilities = { supported_encodings: supported }
      return (await asked(target, { encoding: 'auto' })).subscribe?.encoding ?? 'JSON'
    }
    expect(await picked(['JSON', 'BYTES', 'PROTO', 'ASCII', 'JSON_IETF'])).to.equal('PROTO')
    expect(await picked(['JSON', 'JSON_IETF'])).to.equal('JSON_IETF')
    expect(await picked(['ASCII', 'JSON'])).to.equal('JSON')
    expect(await picked([42])).to.equal(42)
    expect(await picked([])).to.equal('JSON')
    target.answers.Capabilities = new Refusal(12, 'unknown method Capabilities')
    expect((await asked(target, { encoding: 'auto' })).subscribe?.encoding ?? 'JSON').to.equal('JSON')

    target.onSubscribe = (one) => one.fail(12, 'encoding not supported')
    const { ended } = collecting([targetAt(target.address, { subscription: { ...SUBSCRIPTION, mode: 'once', encoding: 'ASCII' } })])
    const [error] = await ended
    expect(error).to.include({ code: 'SHITOPS_E_GNMI_REFUSED' })
    expect(error?.message).to.match(/UNIMPLEMENTED.*encoding ascii/)
  })
})
