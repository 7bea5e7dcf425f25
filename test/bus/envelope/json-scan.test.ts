import { expect } from 'chai'
import fc from 'fast-check'
import { isJsonContainer } from '../../../src/bus/envelope/json-scan.ts'

/** What JSON.parse says, of objects and arrays with nothing around them. */
function parses(text: string): boolean {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null && /^[[{]/.test(text) && /[\]}]$/.test(text)
  } catch {
    return false
  }
}

describe('the scan for JSON', () => {
  for (const text of [
    '{}',
    '[]',
    '{"a":[1,-2.5e+3,true,false,null,"\\u00e9\\n"]}',
    ' {}',
    '{} ',
    '{a:1}',
    '{"a":1]',
    '[1,]',
    '{"a":1,}',
    '[01]',
    '[1.]',
    '[-]',
    '[1e]',
    '["\\x"]',
    '["\\u12g4"]',
    '["\t"]',
    '[1 2]',
    '{"a" 1}',
    '{"a":}',
    '[',
    '{"a',
    '[nul]',
    '{}{}',
    '[[]',
    '[,1]',
    '{,}',
    '"a"',
    '1',
    '',
  ]) {
    it(`agrees with JSON.parse on ${text || 'nothing'}`, () => {
      expect(isJsonContainer(Buffer.from(text))).to.equal(parses(text))
    })
  }

  it('agrees with JSON.parse on whatever JSON, however spaced, and whatever is made of it by a changed byte', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))),
        fc.constantFrom(undefined, 1, '\t'),
        fc.nat(),
        fc.constantFrom(...'{}[],:"\\01.eE+-tfn \u0001'),
        (value, indent, place, change) => {
          const text = JSON.stringify(value, null, indent)
          expect(isJsonContainer(Buffer.from(text))).to.equal(true)
          const at = place % text.length
          for (const changed of [
            text.slice(0, at) + change + text.slice(at + 1),
            text.slice(0, at) + text.slice(at + 1),
            text.slice(0, at) + change + text.slice(at),
          ]) {
            expect(isJsonContainer(Buffer.from(changed)), changed).to.equal(parses(changed))
          }
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('leaves what is nested more than 64 deep to others', () => {
    expect(isJsonContainer(Buffer.from('['.repeat(64) + ']'.repeat(64)))).to.equal(true)
    expect(isJsonContainer(Buffer.from('['.repeat(65) + ']'.repeat(65)))).to.equal(false)
  })
})
