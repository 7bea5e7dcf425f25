import { expect } from 'chai'
import fc from 'fast-check'
import { compact, encode, NATIVE, type Value } from '../../../src/office/librenms/json.ts'

describe('json_encode', () => {
  it('writes what JSON.parse reads again, for any value', () => {
    // PHP has one empty array: {} comes back as [].
    const php = (value: unknown): unknown => {
      if (value === null || typeof value !== 'object') return Object.is(value, -0) ? 0 : value
      if (Array.isArray(value)) return value.map(php)
      const members = Object.entries(value).map(([key, member]) => [key, php(member)] as const)
      return members.length === 0 ? [] : Object.fromEntries(members)
    }
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(encode(value as Value))).to.deep.equal(php(value))
        expect(JSON.parse(compact(value as Value))).to.deep.equal(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('keeps to ASCII and escapes every slash', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const json of [encode(text), compact(text)]) {
          expect(json).to.match(/^[\u0020-\u007f]*$/)
          expect(json).not.to.match(/[^\\]\//)
          expect(JSON.parse(json)).to.equal(text)
        }
      }),
    )
  })

  it('keeps all digits of 64 bits: as a number up to 2^63-1, as text beyond', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const digits = String(value)
        expect(encode(value)).to.equal(value < 2n ** 63n ? digits : `"${digits}"`)
        expect(encode(value, 0, { ...NATIVE, unsignedAsText: false })).to.equal(digits)
        expect(encode(value, 0, { ...NATIVE, numbersAsText: true })).to.equal(`"${digits}"`)
      }),
    )
  })

  it('indents by four', () => {
    expect(encode({ a: [1, { b: null }], c: {}, d: [] })).to.equal(
      '{\n    "a": [\n        1,\n        {\n            "b": null\n        }\n    ],\n    "c": [],\n    "d": []\n}',
    )
  })
})
