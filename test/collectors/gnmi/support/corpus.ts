/** SubscribeResponses of every kind that devices send, small, as bytes: what tests begin with and the fuzz mutates. */
import { subscribeResponse } from './proto.ts'

const elem = (...names: string[]) => names.map((name) => ({ name }))
const path = (...names: string[]) => ({ elem: elem(...names) })
const TIMESTAMP = '1774965731250417113'
const PREFIX = {
  target: 'access-1',
  origin: 'openconfig',
  elem: [{ name: 'interfaces' }, { name: 'interface', key: { name: 'ethernet-1/49' } }, { name: 'state' }],
}

/** A notification of one update with this value, where it hangs as it is. */
const value = (val: object, more: object = {}) => ({
  update: { timestamp: TIMESTAMP, prefix: PREFIX, update: [{ path: path('leaf'), val, ...more }] },
})

export const VALUES: ReadonlyArray<readonly [name: string, val: object]> = [
  ['string', { string_val: 'to "core-1" \\ ü 東\n' }],
  ['empty string', { string_val: '' }],
  ['int', { int_val: '-9223372036854775808' }],
  ['small int', { int_val: '-1' }],
  ['uint', { uint_val: '18446744073709551615' }],
  ['zero', { uint_val: '0' }],
  ['2^53', { uint_val: '9007199254740992' }],
  ['2^53 + 1', { uint_val: '9007199254740993' }],
  ['bool', { bool_val: true }],
  ['false', { bool_val: false }],
  ['bytes', { bytes_val: Buffer.from([0, 255, 128]) }],
  ['float', { float_val: 0.1 }],
  ['tiny float', { float_val: 2.91301e-40 }],
  ['float infinity', { float_val: Number.NEGATIVE_INFINITY }],
  ['double', { double_val: -1.5e300 }],
  ['NaN', { double_val: Number.NaN }],
  ['minus zero', { double_val: -0 }],
  ['decimal', { decimal_val: { digits: '-5', precision: 2 } }],
  ['large decimal', { decimal_val: { digits: '9223372036854775807', precision: 18 } }],
  ['absurd decimal', { decimal_val: { digits: '1', precision: 4294967295 } }],
  [
    'leaf-list',
    { leaflist_val: { element: [{ string_val: 'a' }, { uint_val: '18446744073709551615' }, {}, { json_val: Buffer.from('[1]') }] } },
  ],
  ['leaf-list in leaf-list', { leaflist_val: { element: [{ leaflist_val: { element: [{ bool_val: true }] } }, { leaflist_val: {} }] } }],
  ['any', { any_val: { type_url: 'type.googleapis.com/x.Y', value: Buffer.from([8, 1]) } }],
  ['json', { json_val: Buffer.from('{ "in-octets": 18446744073709551615, "list": [{"a": null}, [null], 1.50e3], "t": "\\u00fc\\n" }') }],
  ['json_ietf', { json_ietf_val: Buffer.from('"18446744073709551615"') }],
  ['broken json', { json_ietf_val: Buffer.from('{"a":') }],
  ['json with a lone surrogate', { json_val: Buffer.from('"\\ud83d"') }],
  ['ascii', { ascii_val: 'show version\r\n' }],
  ['proto_bytes', { proto_bytes: Buffer.from([8, 150, 1]) }],
  ['no arm', {}],
]

export const RESPONSES: ReadonlyArray<readonly [name: string, message: object]> = [
  ...VALUES.map(([name, val]) => [name, value(val)] as const),
  ['duplicates', value({ uint_val: '7' }, { duplicates: 3 })],
  ['deprecated value as JSON', { update: { update: [{ path: path('a'), value: { value: Buffer.from('{"b":1}'), type: 0 } }] } }],
  ['deprecated value as ASCII', { update: { update: [{ path: path('a'), value: { value: Buffer.from('text'), type: 3 } }] } }],
  ['deprecated value of no encoding', { update: { update: [{ value: { value: Buffer.from('x'), type: 9 } }] } }],
  ['deprecated value beside a value', { update: { update: [{ value: { value: Buffer.from('1') }, val: { bool_val: true } }] } }],
  ['empty update', { update: { timestamp: TIMESTAMP, update: [{}] } }],
  ['empty notification', { update: {} }],
  ['deletes', { update: { timestamp: TIMESTAMP, prefix: PREFIX, delete: [path('a', '*'), {}], update: [{ path: path('a'), val: {} }] } }],
  ['atomic', { update: { timestamp: TIMESTAMP, prefix: PREFIX, atomic: true } }],
  ['timestamp before 1970', { update: { timestamp: '-1', update: [{ path: path('a') }] } }],
  ['timestamp beyond calendars', { update: { timestamp: '9223372036854775807' } }],
  [
    'keys that want escapes',
    { update: { delete: [{ elem: [{ name: 'a', key: { k: ']\\[/=', __proto__x: '', '': 'v', 2: 'b', 10: 'a' } }] }] } },
  ],
  ['elements with keys only', { update: { delete: [{ elem: [{ key: { queue: '7' } }, {}, { name: 'm:x', key: { 'm:k': 'v' } }] }] } }],
  ['origin on the path', { update: { update: [{ path: { origin: 'eos_native', elem: elem('Sysdb') }, val: { bool_val: false } }] } }],
  [
    'deprecated elements',
    { update: { prefix: { element: ['interfaces', 'interface[name=eth0]'] }, delete: [{ element: ['a/b', 'c['] }] } },
  ],
  ['both kinds of elements', { update: { delete: [{ element: ['old'], elem: elem('new') }] } }],
  [
    'same tag twice',
    {
      update: {
        delete: [
          {
            elem: [
              { name: 'x', key: { k: '1' } },
              { name: 'p:x', key: { k: '2' } },
            ],
          },
        ],
      },
    },
  ],
  ['sync', { sync_response: true }],
  ['no sync', { sync_response: false }],
  ['error', { error: { code: 3, message: 'no such path', data: { type_url: 'x', value: Buffer.from([1]) } } }],
  ['nothing', {}],
  ['extension of Junos', { update: { timestamp: TIMESTAMP }, extension: [{ registered_ext: { id: 1, msg: Buffer.from([10, 1, 65]) } }] }],
  [
    'other extensions',
    {
      sync_response: true,
      extension: [
        { master_arbitration: { role: { id: 'r' }, election_id: { high: '1', low: '2' } } },
        { history: { range: { start: '1', end: '2' } } },
        { commit: { id: 'c', commit: { rollback_duration: { seconds: '5' } } } },
        { depth: { level: 2 } },
        { config_subscription: { sync_done: { commit_confirm_id: 'x', done: true } } },
      ],
    },
  ],
]

export const corpus = (): Buffer[] => RESPONSES.map(([, message]) => subscribeResponse.encode(message))
