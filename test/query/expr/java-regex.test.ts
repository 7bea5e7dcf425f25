import { expect } from 'chai'
import fc from 'fast-check'
import { javaOnly, javaRegex } from '../../../src/query/expr/text/java-regex.ts'
import { likeTest, similarTest } from '../../../src/query/expr/text/pattern.ts'

const matches = (pattern: string, text: string) => javaRegex(pattern)?.test(text)

describe('query/expr, patterns', () => {
  it('regular expressions mean what they mean in Java', () => {
    expect(matches('c$', 'abc\n')).equal(true)
    expect(matches('^a.b$', 'a\nb')).equal(false)
    expect(matches('^a.b$', 'a😀b')).equal(true)
    expect(matches('a\\s', 'a\u00a0')).equal(false)
    expect(matches('\\bé\\b', 'x é y')).equal(true)
    expect(matches('[\\w.-]+@[a-z{}]+', 'a.b-c@d')).equal(true)
    expect(matches('a\\-\\_\\"\\}]', 'a-_"}]')).equal(true)
    expect(matches('(?<year>\\d{4})-\\d+?', '2026-1')).equal(true)
    expect(matches('[+*]+\\++', '+*++')).equal(true)
    expect(matches('[\\s,]+', 'a, b')).equal(true)
  })

  it('what JavaScript cannot do is named', () => {
    const refused = ['a*+', 'a{2}+', '(?>a)', '(?i)a', '\\p{L}', '\\Qa.b\\E', '\\A', '[a-z&&[b]]', '[a[b]]', '[\\S]', 'a\\v']
    expect(refused.filter((pattern) => javaOnly(pattern) === undefined)).deep.equal([])
    expect(javaRegex('(')).equal(undefined)
  })

  it('LIKE agrees with a matcher that knows nothing of regular expressions', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '%', '_', '.', '\n', '\\', '😀'), maxLength: 7 })
    fc.assert(
      fc.property(letters, letters, (text, pattern) => likeTest(pattern)(text) === naive(Array.from(text), Array.from(pattern))),
      { numRuns: 2000 },
    )
  })

  it('LIKE and SIMILAR TO with an escape character', () => {
    expect(likeTest('50!%', '!')('50%')).equal(true)
    expect(likeTest('50!%', '!')('500')).equal(false)
    expect(() => likeTest('50!x', '!')).throw('invalid escape sequence')
    expect([similarTest('(a|b)+%')('abz'), similarTest('a.c')('abc'), similarTest('[a-c]_')('bx')]).deep.equal([true, false, true])
  })
})

function naive(text: string[], pattern: string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text.length === 0
  if (first === '%') return naive(text, rest) || (text.length > 0 && naive(text.slice(1), pattern))
  return text.length > 0 && (first === '_' || first === text[0]) && naive(text.slice(1), rest)
}
