import { expect } from 'chai'
import fc from 'fast-check'
import { readSetFile } from '../../../../src/collectors/gnmi/request/set-file.ts'
import { thrownBy } from '../../../support/thrown-by.ts'

const read = (text: string) => readSetFile('change.yaml', text, 'json_ietf')
const problem = async (text: string) => {
  const { code, message } = await thrownBy(() => read(text))
  expect(code).to.be.oneOf(['SHITOPS_E_FILE', 'SHITOPS_E_USAGE'])
  return message
}
const valueOfUpdate = async (yaml: string) => {
  const { updates } = await read(`update: [{path: /a, value: ${yaml}}]`)
  return String(Object.values(updates[0]?.value ?? {})[0])
}

describe('the request file of a Set', () => {
  it('is YAML', async () => {
    expect(
      await read(`
prefix: openconfig:/
target: leaf1
delete:
  - /a[k=v]
  - /b
replace:
  - path: /c
    value: {mtu: 9000, name: "yes", up: true, none: null, list: [1, two]}
update:
  - {path: /d, encoding: uint, value: 18446744073709551615}
  - {path: /e, encoding: string, value: plain text}
  - {path: /f, encoding: ascii, value: "interface Ethernet1\\n"}
  - {path: /g, encoding: bytes, value: AP+A}
  - {path: /h, encoding: bool, value: true}
  - {path: /i, encoding: double, value: 1.50}
  - {path: /j, encoding: string, value: 1.50}
  - {path: /k, encoding: json, value: text}
`),
    ).to.deep.equal({
      prefix: 'openconfig:/',
      target: 'leaf1',
      deletes: ['/a[k=v]', '/b'],
      replaces: [{ path: '/c', value: { json_ietf_val: Buffer.from('{"mtu":9000,"name":"yes","up":true,"none":null,"list":[1,"two"]}') } }],
      updates: [
        { path: '/d', value: { uint_val: '18446744073709551615' } },
        { path: '/e', value: { string_val: 'plain text' } },
        { path: '/f', value: { ascii_val: 'interface Ethernet1\n' } },
        { path: '/g', value: { bytes_val: Buffer.from([0, 255, 128]) } },
        { path: '/h', value: { bool_val: true } },
        { path: '/i', value: { double_val: 1.5 } },
        { path: '/j', value: { string_val: '1.50' } },
        { path: '/k', value: { json_val: Buffer.from('"text"') } },
      ],
      unionReplaces: [],
    })
  })

  it('is JSON as well', async () => {
    const { unionReplaces } = await read('{"union_replace": [{"path": "openconfig:/", "value": {"a": [9223372036854775807]}}]}')
    expect(unionReplaces).to.deep.equal([{ path: 'openconfig:/', value: { json_ietf_val: Buffer.from('{"a":[9223372036854775807]}') } }])
  })

  it('keeps every digit of a number, in notations that JSON has', async () => {
    for (const number of ['18446744073709551615', '-9223372036854775808', '1.10', '9.223372036854775807', '1e400', '-0', '0.1E+2'])
      expect(await valueOfUpdate(number), number).to.equal(number)
    expect(await valueOfUpdate('0x10')).to.equal('16')
    expect(await valueOfUpdate('0xffffffffffffffff')).to.equal('18446744073709551615')
    expect(await valueOfUpdate('+5')).to.equal('5')
    expect(await valueOfUpdate('.5')).to.equal('0.5')
    expect(await problem('update: [{path: /a, value: {x: .inf}}]')).to.contain('the number .inf, which JSON does not have')
  })

  it('reads JSON as what it says, digit for digit', async () => {
    const number = fc.oneof(
      fc.bigInt().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => JSON.stringify(one)),
    )
    const tree = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        number,
        fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
        fc.constantFrom('true', 'false', 'null', '{}', '[]'),
        fc.array(tie('tree'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
        fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), tie('tree'), { maxKeys: 3 }).map((members) => {
          const entries = Object.entries(members).filter(([name]) => name !== '<<')
          return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
        }),
      ),
    })).tree
    await fc.assert(
      fc.asyncProperty(tree, async (json) => {
        const { updates } = await read(`{"update":[{"path":"/a","value":${json}}]}`)
        expect(updates[0]?.value).to.deep.equal({ json_ietf_val: Buffer.from(json as string) })
      }),
      { numRuns: 300 },
    )
  })

  it('takes anchors, within bounds', async () => {
    expect(await valueOfUpdate('[&x {a: 1}, *x]')).to.equal('[{"a":1},{"a":1}]')
    const bomb = Array.from(
      { length: 12 },
      (_, i) =>
        `&a${i + 1} [${Array(9)
          .fill(i === 0 ? '1' : `*a${i}`)
          .join(', ')}]`,
    ).join(', ')
    expect(await problem(`update: [{path: /a, value: [${bomb}]}]`)).to.contain('aliases that stand for more than can be sent')
    expect(await problem('update: [{path: /a, value: &x [*x]}]')).to.match(/update\[0\]\.value has/)
    expect(await problem('update: [{path: /a, value: {<<: {a: 1}}}]')).to.contain('a merge key')
  })

  const WRONG: ReadonlyArray<readonly [text: string, message: RegExp]> = [
    ['', /the request is not a map of prefix, target/],
    ['[]', /the request is not a map/],
    ['delete: /a', /delete is not a list/],
    ['delete: [5]', /delete\[0\] is not text/],
    ['updates: []', /the request has "updates", which is none of prefix/],
    ['update: [{path: /a}]', /update\[0\] has no value/],
    ['update: [{value: 1}]', /update\[0\] has no path/],
    ['update: [/a]', /update\[0\] is not a map/],
    ['update: [{path: /a, value: 1, type: uint}]', /has "type", which is none of path, value, encoding/],
    ['update: [{path: /a, value: secret, encoding: uint}]', /^change\.yaml: update\[0\]: the value is not an integer/],
    ['update: [{path: /a, value: [1], encoding: uint}]', /is not a single value, as uint is/],
    ['update: [{path: /a, value: 1, encoding: unit}]', /no type of value "unit"/],
    ['delete: [\n', /^change\.yaml:2:1: /],
    ['delete: []\ndelete: []', /^change\.yaml:2:1: /],
    ['delete: []\n---\ndelete: []', /^change\.yaml:2:1: /],
  ]
  for (const [text, message] of WRONG) {
    it(`is not ${JSON.stringify(text)}`, async () => {
      expect(await problem(text))
        .to.match(message)
        .and.not.contain('secret')
    })
  }
})
