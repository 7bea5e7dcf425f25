import { expect } from 'chai'
import { decodeNotification } from '../../../src/collectors/gnmi/decode.ts'
import type { TypedValue } from '../../../src/collectors/gnmi/wire.ts'

const read = (val: TypedValue | undefined) => {
  const [update] = decodeNotification({ update: [{ path: { elem: [{ name: 'a' }] }, ...(val && { val }) }] }).updates
  return [update?.type, update?.value]
}

describe('a gNMI notification', () => {
  const cases: Array<[string, TypedValue | undefined, unknown[]]> = [
    ['a small uint', { uint_val: '42' }, ['uint', 42]],
    ['the largest uint64, to the last digit', { uint_val: '18446744073709551615' }, ['uint', '18446744073709551615']],
    ['the smallest int64', { int_val: '-9223372036854775808' }, ['int', '-9223372036854775808']],
    ['text', { string_val: 'UP' }, ['string', 'UP']],
    ['empty text', { string_val: '' }, ['string', '']],
    ['false', { bool_val: false }, ['bool', false]],
    ['a double', { double_val: 0.25 }, ['double', 0.25]],
    ['NaN', { double_val: Number.NaN }, ['double', 'NaN']],
    ['infinity in a float', { float_val: Number.NEGATIVE_INFINITY }, ['float', '-Infinity']],
    ['JSON', { json_val: Buffer.from('{"a":[1,null]}') }, ['json', { a: [1, null] }]],
    ['JSON_IETF', { json_ietf_val: Buffer.from('"123"') }, ['json_ietf', '123']],
    ['ASCII', { ascii_val: 'show' }, ['ascii', 'show']],
    ['bytes', { bytes_val: Buffer.from([0, 255]) }, ['bytes', 'AP8=']],
    ['proto bytes', { proto_bytes: Buffer.from([1]) }, ['proto_bytes', 'AQ==']],
    ['a decimal', { decimal_val: { digits: '-5', precision: 2 } }, ['decimal', '-0.05']],
    ['a decimal without fraction', { decimal_val: { digits: '17', precision: 0 } }, ['decimal', '17']],
    ['a decimal beyond a double', { decimal_val: { digits: '9223372036854775807', precision: 3 } }, ['decimal', '9223372036854775.807']],
    [
      'a leaf-list',
      { leaflist_val: { element: [{ uint_val: '1' }, { string_val: 'x' }] } },
      [
        'leaflist',
        [
          { type: 'uint', value: 1 },
          { type: 'string', value: 'x' },
        ],
      ],
    ],
    ['any', { any_val: { type_url: 't', value: Buffer.from('x') } }, ['any', { type_url: 't', value: 'eA==' }]],
    ['an update without a value', undefined, ['none', null]],
  ]
  for (const [what, val, expected] of cases) it(`keeps ${what}`, () => expect(read(val)).to.deep.equal(expected))

  it('keeps JSON that is none as text, and says so', () => {
    const decoded = decodeNotification({ update: [{ path: { elem: [{ name: 'a' }] }, val: { json_val: Buffer.from('{broken') } }] })
    expect(decoded.updates).to.deep.equal([{ path: '/a', type: 'json', value: '{broken' }])
    expect(decoded.unreadable).to.deep.equal([{ path: '/a', message: 'the value is not JSON' }])
  })

  it('joins prefix and path, and takes the keys out beside them', () => {
    const decoded = decodeNotification({
      timestamp: '1770000000000000001',
      prefix: { target: 'core-1', origin: 'openconfig', elem: [{ name: 'interfaces' }, { name: 'oc-if:interface', key: { name: 'e]1' } }] },
      update: [{ path: { elem: [{ name: 'state' }, { name: 'mtu' }] }, val: { uint_val: '1500' }, duplicates: 2 }],
      delete: [{ elem: [{ name: 'state', key: { x: 'y' } }] }, {}],
      atomic: true,
    })
    expect(decoded).to.deep.equal({
      timestampNs: '1770000000000000001',
      prefixTarget: 'core-1',
      origin: 'openconfig',
      prefix: '/interfaces/oc-if:interface[name=e\\]1]',
      prefixKeys: { interface_name: 'e]1' },
      atomic: true,
      updates: [{ path: '/state/mtu', type: 'uint', value: 1500, duplicates: 2 }],
      deletes: [{ path: '/state[x=y]', keys: { state_x: 'y' } }, { path: '' }],
      leaves: [{ schemaPath: '/interfaces/oc-if:interface/state/mtu', keys: { interface_name: 'e]1' }, value: 1500 }],
      unreadable: [],
    })
  })

  it('reads the element names of old targets, and survives an empty message', () => {
    expect(decodeNotification({ update: [{ path: { element: ['a', 'b'] }, val: { bool_val: true } }] }).updates[0]?.path).to.equal('/a/b')
    expect(decodeNotification({})).to.include({ timestampNs: '0', prefix: '', prefixTarget: '' })
    expect(decodeNotification({ update: [{}] }).updates).to.deep.equal([{ path: '', type: 'none', value: null }])
  })
})
