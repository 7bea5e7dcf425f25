import { expect } from 'chai'
import { loadMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import type { DeviceMetric } from '../../../../src/events/event-types.ts'
import { PATIENCE } from '../../../support/patience.ts'
import { collecting, NOW, targetAt } from '../support/collecting.ts'
import { collected, eventsOf, leaf, notification, path, useTarget } from './support.ts'

const INTERFACE = path('interfaces', 'interface', { name: 'eth0' })
const MAX_UINT64 = '18446744073709551615'

/** docs/gnmi-conformance.md, statements 20–35 and 47: what is in a notification. */
describe('gNMI conformance: notifications', () => {
  const listen = useTarget()

  it('20: a path is the prefix and what follows it; either may be empty, and a prefix may be a target only', async () => {
    const target = await listen()
    const value = { uint_val: '1' }
    const sent = [
      notification({ prefix: INTERFACE, update: [{ path: path('state', 'mtu'), val: value }] }),
      notification({ update: [{ path: path('interfaces', 'interface', { name: 'eth0' }, 'state', 'mtu'), val: value }] }),
      notification({ prefix: { target: 'core-1' }, update: [{ path: path('a'), val: value }] }),
      notification({ prefix: path('at', 'prefix'), update: [{ path: {}, val: value }, { val: value }] }),
    ]
    const { notifications } = await collected(target, sent)
    expect(notifications().map(({ prefix = '', updates = [] }) => updates.map((update) => prefix + update.path))).to.deep.equal([
      ['/interfaces/interface[name=eth0]/state/mtu'],
      ['/interfaces/interface[name=eth0]/state/mtu'],
      ['/a'],
      ['/at/prefix', '/at/prefix'],
    ])
    const names = (await eventsOf(target, sent)).map(({ values }) => Object.keys(values as object)[0])
    expect(names).to.deep.equal(['/interfaces/interface/state/mtu', '/interfaces/interface/state/mtu', '/a', '/at/prefix', '/at/prefix'])
  })

  it('21: a value is what the field says that carries it, whatever encoding was asked for', async () => {
    const target = await listen()
    const update = [leaf('a', { uint_val: '1' }), leaf('b', { json_val: Buffer.from('1') }), leaf('c', { string_val: '1' })]
    const { first } = await collected(target, [notification({ update })], { subscription: { encoding: 'JSON_IETF' } })
    expect(first()?.updates?.map(({ type, value }) => [type, value])).to.deep.equal([
      ['uint', 1],
      ['json', 1],
      ['string', '1'],
    ])
  })

  it('22: every arm of a value is read, also the deprecated ones; a value that is missing does no harm', async () => {
    const target = await listen()
    const arms: Array<[string, object | undefined, unknown]> = [
      ['string', { string_val: 'é' }, 'é'],
      ['int', { int_val: '-9223372036854775808' }, '-9223372036854775808'],
      ['uint', { uint_val: '7' }, 7],
      ['bool', { bool_val: true }, true],
      ['bytes', { bytes_val: Buffer.from([0, 255]) }, 'AP8='],
      ['float', { float_val: 1.5 }, 1.5],
      ['double', { double_val: 0.1 }, 0.1],
      ['decimal', { decimal_val: { digits: '-314', precision: 2 } }, '-3.14'],
      [
        'leaflist',
        { leaflist_val: { element: [{ string_val: 'a' }, { uint_val: '2' }] } },
        [
          { type: 'string', value: 'a' },
          { type: 'uint', value: 2 },
        ],
      ],
      ['any', { any_val: { type_url: 't/x', value: Buffer.from([1]) } }, { type_url: 't/x', value: 'AQ==' }],
      ['json', { json_val: Buffer.from('{"a":[1]}') }, { a: [1] }],
      ['json_ietf', { json_ietf_val: Buffer.from('"5"') }, '5'],
      ['ascii', { ascii_val: 'up' }, 'up'],
      ['proto_bytes', { proto_bytes: Buffer.from([8, 1]) }, 'CAE='],
      ['none', undefined, null],
      ['none', {}, null],
    ]
    const update = [
      ...arms.map(([name, val]) => leaf(name, val)),
      { path: path('old'), value: { value: Buffer.from('{"x":1}'), type: 'JSON' } },
      // As Huawei's devices send it.
      {},
    ]
    const { first, metrics } = await collected(target, [notification({ update })])
    const read = first()?.updates?.map(({ type, value }) => [type, value]) ?? []
    expect(read.slice(0, arms.length)).to.deep.equal(arms.map(([type, , value]) => [type, value]))
    expect(read.slice(arms.length)).to.deep.equal([
      ['json', { x: 1 }],
      ['none', null],
    ])
    expect(metrics.get('malformed')).to.equal(0)
  })

  it('23: a JSON value may be a scalar, an object or an array; one that is no JSON is counted and kept, and the stream goes on', async () => {
    const target = await listen()
    const json = (text: string) => notification({ update: [leaf('a', { json_val: Buffer.from(text) })] })
    const sent = ['5', '"x"', 'null', '{"a":{"b":1}}', '[1,2]', '{"cut', '6'].map(json)
    const { notifications, metrics, bus, stream, logger } = await collected(target, sent)
    const values = notifications().map(({ updates }) => updates?.[0]?.value)
    expect(values).to.deep.equal([5, 'x', null, { a: { b: 1 } }, [1, 2], '{"cut', 6])
    await metrics.reaches('malformed', 1, AbortSignal.timeout(PATIENCE))
    expect(bus.records.filter(({ topic }) => topic === 'device_telemetry.dlq')).to.have.length(1)
    expect(logger.lines.join('\n')).to.match(/JSON/)
    expect(stream.open).to.equal(true)
  })

  it('24: JSON_IETF stays as it is: numbers that are text, names with their module, the empty leaf', async () => {
    const target = await listen()
    const text = `{"in-octets":"${MAX_UINT64}","type":"iana-if-type:ethernetCsmacd","empty":[null],"openconfig-if:mtu":1500}`
    const json = (value: string) => ({ json_ietf_val: Buffer.from(value) })
    const prefix = path('openconfig-interfaces:interfaces', 'interface', { name: 'eth0' })
    const sent = [notification({ prefix, update: [{ path: path('state'), val: json(text) }, leaf('flag', json('[null]'))] })]
    const { first } = await collected(target, sent)
    expect(first()?.updates?.map(({ value }) => value)).to.deep.equal([JSON.parse(text), [null]])
    expect(first()).to.deep.include({ prefix: '/openconfig-interfaces:interfaces/interface[name=eth0]', keys: { interface_name: 'eth0' } })
    const [state, flag] = await eventsOf(target, sent)
    expect(state?.values).to.deep.equal({
      '/openconfig-interfaces:interfaces/interface/state/in-octets': MAX_UINT64,
      '/openconfig-interfaces:interfaces/interface/state/type': 'iana-if-type:ethernetCsmacd',
      '/openconfig-interfaces:interfaces/interface/state/empty': true,
      '/openconfig-interfaces:interfaces/interface/state/openconfig-if:mtu': 1500,
    })
    expect(Object.values(flag?.values as object)).to.deep.equal([true])
  })

  it('25: 64 bits arrive on the bus as 64 bits: values and timestamps', async () => {
    const target = await listen()
    const update = [
      leaf('a', { uint_val: MAX_UINT64 }),
      leaf('b', { int_val: '-9223372036854775808' }),
      leaf('c', { uint_val: '9007199254740993' }),
      leaf('d', { json_val: Buffer.from(MAX_UINT64) }),
    ]
    const sent = [notification({ timestamp: '9223372036854775807', update })]
    const { bus, first } = await collected(target, sent)
    expect(first()?.timestamp_ns).to.equal('9223372036854775807')
    expect(
      first()
        ?.updates?.slice(0, 3)
        .map(({ value }) => value),
    ).to.deep.equal([MAX_UINT64, '-9223372036854775808', '9007199254740993'])
    // As sent, for JSON.parse would round it here.
    const record = bus.records.map(({ value }) => String(value)).find((text) => text.includes('notification'))
    expect(record).to.match(/"value":"?18446744073709551615"?[,}].*"value":"?18446744073709551615"?[,}]/)
    const events = await eventsOf(target, sent)
    expect(events.map(({ timestamp }) => timestamp)).to.deep.equal(Array(4).fill('9223372036854775807'))
    expect(Object.values(events[3]?.values as object)).to.deep.equal([MAX_UINT64])
  })

  it('26: within one notification a duplicated path: the last one wins', async () => {
    const target = await listen()
    const twice = notification({ update: [leaf('a', { uint_val: '1' }), leaf('b', { uint_val: '5' }), leaf('a', { uint_val: '2' })] })
    const { first } = await collected(target, [twice])
    // All of them in the order sent: whoever applies them in that order ends with the last.
    const applied = Object.fromEntries(first()?.updates?.map((one) => [one.path, one.value]) ?? [])
    expect(first()?.updates?.map(({ value }) => value)).to.deep.equal([1, 5, 2])
    expect(applied).to.deep.equal({ '/a': 2, '/b': 5 })
    expect((await eventsOf(target, [twice])).map(({ values }) => Object.values(values as object)[0])).to.deep.equal([1, 5, 2])

    // The samples are of the last one alone.
    target.onSubscribe = () => {}
    const { until, bus } = collecting([targetAt(target.address)], { mappings: await loadMappings() })
    const stream = await target.subscribed(3)
    const octets = (ms: number, ...values: number[]) => ({
      timestamp: `${NOW + ms}000000`,
      prefix: { ...INTERFACE, origin: 'openconfig' },
      update: values.map((value) => ({ path: path('state', 'counters', 'in-octets'), val: { uint_val: String(value) } })),
    })
    await stream.notify(octets(0, 999_999, 1_000))
    await stream.notify(octets(10_000, 5, 11_000))
    await until('the rate', () => bus.of('device_metrics').length > 0)
    const samples = bus.of('device_metrics') as unknown as DeviceMetric[]
    expect(samples.filter(({ metric }) => metric === 'if_in_bps').map(({ value }) => value)).to.deep.equal([8_000])
  })

  it('27: deletes come before the updates of their notification', async () => {
    const target = await listen()
    // On the wire the updates stand first; delete and update of one path replace it.
    const replaced = notification({ update: [leaf('a', { uint_val: '2' })], delete: [path('a')] })
    const { bus } = await collected(target, [replaced])
    const record = bus.records.map(({ value }) => String(value)).find((text) => text.includes('"notification"')) ?? ''
    expect(record.indexOf('"deletes"')).to.be.within(1, record.indexOf('"updates"'))
    const events = await eventsOf(target, [replaced])
    expect(events.map(({ deletes, values }) => deletes ?? values)).to.deep.equal([['/a'], { '/a': 2 }])
  })

  it('28: a delete is a record, of a subtree, with wildcards or with fewer keys', async () => {
    const target = await listen()
    const deletes = [path('interfaces'), path('a', 'b', { k: '*' }), path('a', 'b'), path('*'), {}]
    const sent = [notification({ prefix: path('p'), delete: deletes })]
    const { first } = await collected(target, sent)
    expect(first()?.deletes).to.deep.equal([
      { path: '/interfaces' },
      { path: '/a/b[k=*]', keys: { b_k: '*' } },
      { path: '/a/b' },
      { path: '/*' },
      { path: '' },
    ])
    expect(first()).to.not.have.property('updates')
    const events = await eventsOf(target, sent)
    expect(events.map(({ deletes: gone }) => gone)).to.deep.equal([['/p/interfaces'], ['/p/a/b'], ['/p/a/b'], ['/p/*'], ['/p']])
  })

  it('29: a leaf that is missing from a sample has not been deleted', async () => {
    const target = await listen()
    const both = notification({ update: [leaf('a', { uint_val: '1' }), leaf('b', { uint_val: '1' })] })
    const { notifications } = await collected(target, [both, notification({ update: [leaf('a', { uint_val: '2' })] })])
    expect(notifications().map(({ updates }) => updates?.length)).to.deep.equal([2, 1])
    for (const event of notifications()) expect(event).to.not.have.property('deletes')
  })

  it('30: an atomic notification says so in its record, with all that it was, also with deletes and without updates', async () => {
    const target = await listen()
    const prefix = path('acl', 'set', { name: 'x' })
    const sent = [
      notification({ atomic: true, prefix, update: [leaf('a', { uint_val: '1' })] }),
      notification({ prefix, update: [leaf('a', { uint_val: '2' })] }),
      notification({ atomic: true, prefix, delete: [path('b')], update: [leaf('a', { uint_val: '3' })] }),
      notification({ atomic: true, prefix }),
    ]
    const { notifications } = await collected(target, sent)
    expect(
      notifications().map(({ atomic, prefix: below, deletes, updates }) => [atomic, below, deletes?.length, updates?.length]),
    ).to.deep.equal([
      [true, '/acl/set[name=x]', undefined, 1],
      [undefined, '/acl/set[name=x]', undefined, 1],
      [true, '/acl/set[name=x]', 1, 1],
      [true, '/acl/set[name=x]', undefined, undefined],
    ])
  })

  it('31: notifications out of the order of their times are passed on in the order they came', async () => {
    const target = await listen()
    const times = ['30', '10', '20', '10'].map((s) => `17697597${s}250417113`)
    const sent = times.map((timestamp, i) => notification({ timestamp, update: [leaf('a', { uint_val: String(i) })] }))
    const { notifications, values } = await collected(target, sent)
    expect(notifications().map(({ timestamp_ns }) => timestamp_ns)).to.deep.equal(times)
    expect(values()).to.deep.equal([0, 1, 2, 3])
  })

  it('32: no time, one of the future, one of long ago, one before 1970: passed on as sent, beside the time of receipt', async () => {
    const target = await listen()
    const future = '4102444800000000000'
    const times = ['0', undefined, future, '1000000000', '-1000000000', '-9223372036854775808']
    const sent = times.map((timestamp) => ({ update: { ...(timestamp && { timestamp }), update: [leaf('a', { uint_val: '1' })] } }))
    const { notifications } = await collected(target, sent)
    const now = new Date(NOW).toISOString()
    expect(notifications().map(({ timestamp_ns, received_at, event_time }) => [timestamp_ns, received_at, event_time])).to.deep.equal([
      ['0', now, now],
      ['0', now, now],
      [future, now, '2100-01-01T00:00:00.000Z'],
      ['1000000000', now, '1970-01-01T00:00:01.000Z'],
      ['-1000000000', now, now],
      ['-9223372036854775808', now, now],
    ])
    expect((await eventsOf(target, sent)).map(({ timestamp }) => timestamp)).to.deep.equal(times.map((time) => time ?? '0'))
  })

  it('33: duplicates are in the record, counted, and in the status of the stream', async () => {
    const target = await listen()
    const update = [
      { ...leaf('a', { uint_val: '1' }), duplicates: 3 },
      { ...leaf('b', { uint_val: '1' }), duplicates: 4_294_967_295 },
    ]
    const { first, metrics, board } = await collected(target, [notification({ update })])
    expect(first()?.updates?.map(({ duplicates }) => duplicates)).to.deep.equal([3, 4_294_967_295])
    await metrics.reaches('duplicates', 4_294_967_298, AbortSignal.timeout(PATIENCE))
    expect(board.of('core-1', 'default').duplicates).to.equal(4_294_967_298)
  })

  it('35: prefix.target is reported where it is another than the name of the target, which records are known by', async () => {
    const target = await listen()
    const from = (name: string | undefined) =>
      notification({ ...(name && { prefix: { target: name } }), update: [leaf('a', { uint_val: '1' })] })
    const { notifications } = await collected(target, [from(undefined), from('core-1'), from('other'), from(undefined)])
    expect(notifications().map((event) => [event.target, event.prefix_target])).to.deep.equal([
      ['core-1', undefined],
      ['core-1', undefined],
      ['core-1', 'other'],
      ['core-1', undefined],
    ])
    expect(target.streams[0]?.request.subscribe?.prefix).to.equal(undefined)
  })

  it('47: wildcards and elements without a name in what comes do no harm', async () => {
    const target = await listen()
    const val = { uint_val: '1' }
    const update = [
      { path: path('a', '*', '...'), val },
      { path: { elem: [{ name: 'qmon' }, { key: { id: '7' } }, {}] }, val },
    ]
    const sent = [notification({ update })]
    const { first, metrics } = await collected(target, sent)
    expect(first()?.updates?.map((one) => [one.path, one.keys])).to.deep.equal([
      ['/a/*/...', undefined],
      ['/qmon/[id=7]/\\e', { id: '7' }],
    ])
    expect(metrics.get('malformed')).to.equal(0)
    expect((await eventsOf(target, sent))[1]).to.deep.include({ tags: { id: '7', source: 'core-1', 'subscription-name': 'default' } })
  })
})
