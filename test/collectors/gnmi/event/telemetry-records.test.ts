import { expect } from 'chai'
import { TelemetryRecords } from '../../../../src/collectors/gnmi/event/telemetry-records.ts'
import { ResponseDecoder } from '../../../../src/collectors/gnmi/wire/decoder.ts'
import type { SubscribeResponse } from '../../../../src/collectors/gnmi/wire/response.ts'
import { validatorOf } from '../../../../src/events/index.ts'
import { RESPONSES, VALUES } from '../support/corpus.ts'
import { subscribeResponse } from '../support/proto.ts'

const RECEIVED = Date.UTC(2026, 2, 31, 14, 2, 11, 263)
const STREAM = { target: 'access-1', epoch: 3, source: '/gnmi/access-1' }

const decode = (message: object) => new ResponseDecoder().decode(subscribeResponse.encode(message)) as SubscribeResponse
const build = (message: object, facts: object = {}) => new TelemetryRecords({ ...STREAM, ...facts }).build(decode(message), RECEIVED)
const textOf = (message: object, facts?: object) => String(build(message, facts).record.value)
const eventOf = (message: object, facts?: object) => JSON.parse(textOf(message, facts))
/** The text of the value of the only update. */
const valueText = (val: object) => /"value":(.*)\}\]\}$/.exec(textOf({ update: { update: [{ val }] } }))?.[1]

describe('device_telemetry records', () => {
  it('fit the schema, for every message there is', async () => {
    const validate = await validatorOf('device_telemetry')
    for (const [name, message] of RESPONSES) {
      if (!('update' in message)) continue
      for (const facts of [{}, { subscription: 'counters', address: '10.0.4.11:57400' }]) {
        const { record } = build(message, facts)
        expect(validate?.(record.value as Buffer), name).to.equal(null)
      }
    }
  })

  it('say what the vocabulary says, in its order', () => {
    const message = {
      update: {
        timestamp: '1774965731250417113',
        prefix: {
          target: 'access-1.example',
          origin: 'openconfig',
          elem: [{ name: 'interfaces' }, { name: 'interface', key: { name: 'e-1/49' } }],
        },
        delete: [{ elem: [{ name: 'description' }] }],
        update: [
          { path: { elem: [{ name: 'oc:sub', key: { index: '0' } }], origin: 'x' }, val: { uint_val: '9223372036854775809' } },
          { path: { elem: [{ name: 'errors' }] }, val: { uint_val: '12' }, duplicates: 1 },
        ],
        atomic: true,
      },
    }
    expect(textOf(message, { subscription: 'counters', address: '10.0.4.11:57400' })).to.equal(
      '{"event_time":"2026-03-31T14:02:11.250Z","target":"access-1","kind":"notification","epoch":3,"received_at":"2026-03-31T14:02:11.263Z",' +
        '"subscription":"counters","address":"10.0.4.11:57400","timestamp_ns":"1774965731250417113","prefix_target":"access-1.example",' +
        '"origin":"openconfig","prefix":"/interfaces/interface[name=e-1/49]","keys":{"interface_name":"e-1/49"},"atomic":true,' +
        '"deletes":[{"path":"/description"}],"updates":[' +
        '{"path":"/oc:sub[index=0]","keys":{"sub_index":"0"},"origin":"x","type":"uint","value":"9223372036854775809"},' +
        '{"path":"/errors","type":"uint","value":12,"duplicates":1}]}',
    )
  })

  it('are records of the bus: keyed, timed, and CloudEvents', () => {
    const records = new TelemetryRecords(STREAM)
    const response = decode({ update: { timestamp: '1774965731250417113' } })
    const [first, second] = [records.build(response, RECEIVED).record, records.build(response, RECEIVED).record]
    expect(first).to.include({ key: 'access-1', timestamp: 1774965731250 })
    expect(Object.fromEntries(first.headers ?? [])).to.deep.equal({
      ce_specversion: '1.0',
      ce_id: '3-1',
      ce_source: '/gnmi/access-1',
      ce_type: 'com.shitops.device_telemetry.v1',
      ce_time: '2026-03-31T14:02:11.250Z',
      ce_subject: 'access-1',
      'content-type': 'application/json',
    })
    expect(Object.fromEntries(second.headers ?? [])).to.include({ ce_id: '3-2' })
  })

  it('do not change when the next one is built', () => {
    const records = new TelemetryRecords(STREAM)
    const { record } = records.build(decode({ update: { update: [{ val: { uint_val: '1' } }] } }), RECEIVED)
    const before = String(record.value)
    records.build(decode({ update: { update: [{ val: { string_val: 'x'.repeat(3_000_000) } }] } }), RECEIVED)
    records.build(decode({ update: { update: [{ val: { uint_val: '2' } }] } }), RECEIVED)
    expect(String(record.value)).to.equal(before)
  })

  it('have the time of receipt where the device has none, or one before 1970', () => {
    for (const timestamp of ['0', '-1', '-9223372036854775808']) {
      expect(eventOf({ update: { timestamp } })).to.include({ event_time: '2026-03-31T14:02:11.263Z', timestamp_ns: timestamp })
    }
    expect(eventOf({ update: {} })).to.include({ event_time: '2026-03-31T14:02:11.263Z', timestamp_ns: '0' })
    expect(eventOf({ update: { timestamp: '1' } }).event_time).to.equal('1970-01-01T00:00:00.000Z')
    expect(eventOf({ update: { timestamp: '9223372036854775807' } }).event_time).to.equal('2262-04-11T23:47:16.854Z')
  })

  it('name the target of the prefix only where it is another one', () => {
    const records = new TelemetryRecords(STREAM)
    const targets = ['access-1', 'other', '', 'other', 'access-1'].map(
      (target) => JSON.parse(String(records.build(decode({ update: { prefix: { target } } }), RECEIVED).record.value)).prefix_target,
    )
    expect(targets).to.deep.equal([undefined, 'other', undefined, 'other', undefined])
  })

  it('have every digit of every kind of value', () => {
    const texts = Object.fromEntries(VALUES.map(([name, val]) => [name, valueText(val)]))
    expect(texts).to.deep.equal({
      string: JSON.stringify('to "core-1" \\ ü 東\n'),
      'empty string': '""',
      int: '"-9223372036854775808"',
      'small int': '-1',
      uint: '"18446744073709551615"',
      zero: '0',
      '2^53': '9007199254740992',
      '2^53 + 1': '"9007199254740993"',
      bool: 'true',
      false: 'false',
      bytes: '"AP+A"',
      float: '0.1',
      'tiny float': '2.913e-40',
      'float infinity': '"-Infinity"',
      double: '-1.5e+300',
      NaN: '"NaN"',
      'minus zero': '-0',
      decimal: '"-0.05"',
      'large decimal': '"9.223372036854775807"',
      'absurd decimal': '"1e-4294967295"',
      'leaf-list':
        '[{"type":"string","value":"a"},{"type":"uint","value":"18446744073709551615"},{"type":"none","value":null},{"type":"json","value":[1]}]',
      'leaf-list in leaf-list': '[{"type":"leaflist","value":[{"type":"bool","value":true}]},{"type":"leaflist","value":[]}]',
      any: '{"type_url":"type.googleapis.com/x.Y","value":"CAE="}',
      json: '{"in-octets":18446744073709551615,"list":[{"a":null},[null],1.50e3],"t":"\\u00fc\\n"}',
      json_ietf: '"18446744073709551615"',
      'broken json': '"{\\"a\\":"',
      'json with a lone surrogate': '"\\ud83d"',
      ascii: '"show version\\r\\n"',
      proto_bytes: '"CJYB"',
      'no arm': 'null',
    })
  })

  it('are one line each', () => {
    for (const [name, message] of RESPONSES) if ('update' in message) expect(textOf(message), name).to.not.match(/[\r\n]/)
  })

  it('say what could not be written as it is, and have it as text', () => {
    const elem = [{ name: 'a' }]
    const notUtf8 = Buffer.from('ff', 'hex')
    const bytes = subscribeResponse.encode({
      update: {
        prefix: { elem },
        delete: [{ elem: [{ name: '~' }] }],
        update: [
          { path: { elem: [{ name: 'b' }] }, val: { string_val: '~' } },
          { path: { elem: [{ name: 'c' }] }, val: { json_val: notUtf8 } },
          { path: { elem: [{ name: 'd' }] }, val: { leaflist_val: { element: [{ json_val: Buffer.from('{') }, { bool_val: true }] } } },
          { path: { elem: [{ name: 'e' }] }, val: { uint_val: '1' } },
        ],
      },
    })
    // proto-loader writes only UTF-8, so the bytes are put in afterwards.
    for (let at = bytes.indexOf('~'); at >= 0; at = bytes.indexOf('~', at)) bytes[at] = 0xff
    const response = new ResponseDecoder().decode(bytes) as SubscribeResponse
    const { record, problems } = new TelemetryRecords(STREAM).build(response, RECEIVED)
    expect(problems).to.deep.equal([
      { code: 'not_utf8', path: '/a/\ufffd' },
      { code: 'not_utf8', path: '/a/b' },
      { code: 'not_json', path: '/a/c' },
      { code: 'not_json', path: '/a/d' },
    ])
    const { updates } = JSON.parse(String(record.value))
    expect(updates.map(({ value }: { value: unknown }) => value)).to.deep.equal([
      '\ufffd',
      '\ufffd',
      [
        { type: 'json', value: '{' },
        { type: 'bool', value: true },
      ],
      1,
    ])
  })
})
