import { expect } from 'chai'
import { describeValue, typedValue, typedValueOfFile } from '../../../../src/collectors/gnmi/request/typed-value.ts'
import { VALUE_TYPES, type ValueType } from '../../../../src/collectors/gnmi/request/value-types.ts'
import { subscribeResponse } from '../support/proto.ts'

const READ: ReadonlyArray<readonly [type: ValueType, text: string, value: object]> = [
  ['json_ietf', ' {"a": 18446744073709551615.10}\n', { json_ietf_val: Buffer.from('{"a": 18446744073709551615.10}') }],
  ['json', '"x"', { json_val: Buffer.from('"x"') }],
  ['string', ' a "b" ', { string_val: ' a "b" ' }],
  ['ascii', 'interface Ethernet1\n', { ascii_val: 'interface Ethernet1\n' }],
  ['int', '-9223372036854775808', { int_val: '-9223372036854775808' }],
  ['uint', '18446744073709551615', { uint_val: '18446744073709551615' }],
  ['uint', '007', { uint_val: '7' }],
  ['bool', 'true', { bool_val: true }],
  ['bool', 'false', { bool_val: false }],
  ['double', '-1.5e300', { double_val: -1.5e300 }],
  ['double', 'NaN', { double_val: Number.NaN }],
  ['float', '0.5', { float_val: 0.5 }],
  ['bytes', 'AP+A', { bytes_val: Buffer.from([0, 255, 128]) }],
  ['proto_bytes', 'CJYB', { proto_bytes: Buffer.from([8, 150, 1]) }],
]

const REFUSED: ReadonlyArray<readonly [type: ValueType, text: string]> = [
  ['json_ietf', 'secret'],
  ['json', '{"secret":'],
  ['json', "{'secret': 1}"],
  ['int', '9223372036854775808'],
  ['int', '1.5'],
  ['int', ''],
  ['uint', '-1'],
  ['uint', '18446744073709551616'],
  ['uint', '0x10'],
  ['bool', 'yes'],
  ['double', '1e999'],
  ['double', ''],
  ['float', 'secret'],
  ['bytes', 'not base64!'],
]

describe('typed values', () => {
  for (const [type, text, value] of READ) {
    it(`${type} ${JSON.stringify(text)}`, () => {
      const read = typedValue(type, text, '--update /a')
      expect(read).to.deep.equal(value)
      // As the other side has it.
      const { update } = subscribeResponse.decode(subscribeResponse.encode({ update: { update: [{ val: read }] } })) as {
        update: { update: Array<{ val: object }> }
      }
      expect(update.update[0]?.val).to.deep.include(value)
    })
  }

  for (const [type, text] of REFUSED) {
    it(`${type} is not ${JSON.stringify(text)}, which is not shown`, () => {
      const problem = () => typedValue(type, text, '--update /a')
      expect(problem).to.throw(/^--update \/a: the value is not /)
      if (text.includes('secret')) expect(problem).to.not.throw(/secret/)
    })
  }

  it('of a file are its bytes, or its text without the break at its end', () => {
    const file = (type: ValueType, text: string) => typedValueOfFile(type, Buffer.from(text), '--update /a')
    expect(file('bytes', '\u0000\n')).to.deep.equal({ bytes_val: Buffer.from([0, 10]) })
    expect(file('proto_bytes', '\u0001')).to.deep.equal({ proto_bytes: Buffer.from([1]) })
    expect(file('uint', '5\n')).to.deep.equal({ uint_val: '5' })
    expect(file('json_ietf', '{\n "a": 1\n}\n')).to.deep.equal({ json_ietf_val: Buffer.from('{\n "a": 1\n}') })
    expect(file('ascii', 'a\nb\n')).to.deep.equal({ ascii_val: 'a\nb\n' })
  })

  it('are told by type and value', () => {
    const told = READ.map(([type, text]) => describeValue(typedValue(type, text, '')))
    expect(told.map(({ type }) => type)).to.deep.equal(READ.map(([type]) => type))
    expect(told.map(({ text }) => text)).to.deep.equal([
      ...['{"a": 18446744073709551615.10}', '"x"', '" a \\"b\\" "', '"interface Ethernet1\\n"', '-9223372036854775808'],
      ...['18446744073709551615', '7', 'true', 'false', '-1.5e+300', 'NaN', '0.5', 'AP+A', 'CJYB'],
    ])
    expect(new Set(READ.map(([type]) => type)).size).to.equal(VALUE_TYPES.length)
  })
})
