import { expect } from 'chai'
import fc from 'fast-check'
import { ByteBuffer } from '../../../../src/bus/envelope/byte-buffer.ts'
import { copyJson, copyJsonExact, lookAtJson } from '../../../../src/collectors/gnmi/event/json-copy.ts'
import { flattenJson } from '../../../../src/collectors/gnmi/event/json-flatten.ts'

type Copy = typeof copyJson

function copied(text: string, copy: Copy = copyJson): string | undefined {
  const bytes = Buffer.from(text)
  const look = lookAtJson(bytes)
  if (!look) return undefined
  const out = new ByteBuffer()
  copy(out, bytes, look)
  return out.view().toString()
}

function flattened(text: string, name = '/a'): Array<[string, unknown]> {
  const out = new ByteBuffer()
  flattenJson(out, Buffer.from(text), name)
  return Object.entries(JSON.parse(`{${out.view()}}`))
}

/** Text that is JSON, or nearly. */
const nearlyJson = fc.oneof(
  fc.json(),
  fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom(' ', ',', ':', '"', '\\', '{', '}', '[', ']', '0', '-', 'e', '.', 'u', '\n', '\u0001', 'é'))
    .map(([json, at, character]) => json.slice(0, at % (json.length + 1)) + character + json.slice(at % (json.length + 1))),
  fc
    .tuple(fc.json(), fc.nat(), fc.nat(3))
    .map(([json, at, cut]) => json.slice(0, at % (json.length + 1)) + json.slice((at % (json.length + 1)) + cut)),
  fc.string({ unit: fc.constantFrom('0', '1', '9', '-', '+', '.', 'e', 'E'), maxLength: 8 }),
)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('JSON values in bytes', () => {
  it('are JSON exactly when JSON.parse takes them', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        expect(lookAtJson(Buffer.from(text)) !== undefined).to.equal(isJson(text))
      }),
      { numRuns: 20_000 },
    )
  })

  for (const text of [
    '',
    ' ',
    '01',
    '-',
    '-01',
    '1.',
    '.5',
    '1e',
    '1e+',
    '+1',
    'nul',
    'nulll',
    'True',
    '"\\x"',
    '"\\u12G4"',
    '"\\u123',
    '"a',
    '"\n"',
    '\ufeff1',
  ]) {
    it(`are not ${JSON.stringify(text)}`, () => {
      expect(isJson(text)).to.equal(false)
      expect(copied(text)).to.equal(undefined)
    })
  }

  for (const text of [
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '{"a" 1}',
    '[}',
    '{]',
    '[1}',
    '{"a":1]',
    ']',
    '1 1',
    '[]]',
    '{"a":1}{',
  ]) {
    it(`are not ${text}`, () => {
      expect(isJson(text)).to.equal(false)
      expect(copied(text)).to.equal(undefined)
    })
  }

  it('are not bytes that are no UTF-8', () => {
    expect(lookAtJson(Buffer.from([0x22, 0xff, 0x22]))).to.equal(undefined)
  })

  it('may be nested 512 deep and no deeper', () => {
    expect(copied('['.repeat(512) + ']'.repeat(512))).to.have.length(1024)
    expect(copied('['.repeat(513) + ']'.repeat(513))).to.equal(undefined)
    expect(copied('['.repeat(1_000_000))).to.equal(undefined)
  })

  it('are copied without white space, and otherwise as they are', () => {
    expect(copied(' { "a b" : [ 1.50e+3 , 18446744073709551615 , null ] ,\r\n\t"\\u00e9" : { } } ')).to.equal(
      '{"a b":[1.50e+3,18446744073709551615,null],"\\u00e9":{}}',
    )
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\t', '\n  '), (value, indent) => {
        expect(copied(JSON.stringify(value, null, indent))).to.equal(JSON.stringify(value))
      }),
    )
  })

  it('are copied for readers of doubles with large integers as text and empty leaves as true', () => {
    const cases: ReadonlyArray<readonly [string, string]> = [
      ['9007199254740992', '9007199254740992'],
      ['9007199254740993', '"9007199254740993"'],
      ['-9007199254740993', '"-9007199254740993"'],
      ['18446744073709551616000', '"18446744073709551616000"'],
      ['9007199254740993.0', '9007199254740993.0'],
      ['1e400', '1e400'],
      ['0.1234567890123456789', '0.1234567890123456789'],
      ['null', 'true'],
      ['[null]', 'true'],
      ['[ null , 1 ]', '[true,1]'],
      ['[[null],{"a":[null],"b":[[null]]}]', '[true,{"a":true,"b":[true]}]'],
      ['[]', '[]'],
    ]
    for (const [text, expected] of cases) expect(copied(text, copyJsonExact), text).to.equal(expected)
  })

  it('are flattened to their leaves', () => {
    expect(flattened('{"b":1,"list":[{"k":"x"},{"k":null}],"ll":[1,[2]],"m:c":{"d":true}}')).to.deep.equal([
      ['/a/b', 1],
      ['/a/list.0/k', 'x'],
      ['/a/list.1/k', true],
      ['/a/ll.0', 1],
      ['/a/ll.1.0', 2],
      ['/a/m:c/d', true],
    ])
    expect(flattened('{"e":[null],"f":[null,null],"o":{},"l":[],"big":-9007199254740993,"\\u00e9":"\\n"}')).to.deep.equal([
      ['/a/e', true],
      ['/a/f.0', true],
      ['/a/f.1', true],
      ['/a/o', {}],
      ['/a/l', []],
      ['/a/big', '-9007199254740993'],
      ['/a/é', '\n'],
    ])
    expect(flattened('{}')).to.deep.equal([['/a', {}]])
    expect(flattened('{"b":1}', '/')).to.deep.equal([['/b', 1]])
    expect(flattened('{"b":1}', 'o:/')).to.deep.equal([['o:/b', 1]])
    expect(flattened('{}', '/')).to.deep.equal([['/', {}]])
  })

  it('lose no leaf when they are flattened', () => {
    const leaves = (value: unknown, name: string): Array<[string, unknown]> => {
      if (value === null || (Array.isArray(value) && value.length === 1 && value[0] === null)) return [[name, true]]
      // Written without an exponent: a whole number like any other.
      if (typeof value === 'number' && Math.abs(value) > 2 ** 53 && /^-?\d+$/.test(String(value))) return [[name, String(value)]]
      if (typeof value !== 'object' || Object.keys(value).length === 0) return [[name, value]]
      if (Array.isArray(value)) return value.flatMap((one, i) => leaves(one, `${name}.${i}`))
      return Object.entries(value).flatMap(([key, one]) => leaves(one, `${name}/${key}`))
    }
    const anyObject = fc
      .dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue({ depthSize: 'small' }))
      .map((value) => JSON.stringify(value))
    fc.assert(
      fc.property(anyObject, (text) => {
        expect(flattened(text)).to.deep.equal(Object.entries(Object.fromEntries(leaves(JSON.parse(text), '/a'))))
      }),
    )
  })
})
