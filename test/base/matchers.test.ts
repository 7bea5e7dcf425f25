import { expect } from 'chai'
import fc from 'fast-check'
import { matcher, matchersText, matcherText, matches, parseMatchers } from '../../src/base/matchers.ts'
import { thrownBy } from '../support/thrown-by.ts'

const told = (text: string) => parseMatchers(text).map(({ name, op, value }) => [name, op, value])

describe('matchers of labels', () => {
  it('are read as Alertmanager reads them, with quotes or braces or neither', () => {
    expect(told('severity="critical"')).to.deep.equal([['severity', '=', 'critical']])
    expect(told('site=hq,team!=ledger')).to.deep.equal([
      ['site', '=', 'hq'],
      ['team', '!=', 'ledger'],
    ])
    expect(told('{ site = "hq, floor 2" , target=~"access-\\d+", alertname!~"a|b", }')).to.deep.equal([
      ['site', '=', 'hq, floor 2'],
      ['target', '=~', 'access-\\d+'],
      ['alertname', '!~', 'a|b'],
    ])
    expect(told('{}')).to.deep.equal([])
    expect(told('a="say \\"no\\""')).to.deep.equal([['a', '=', 'say "no"']])
    expect(told('a=""')).to.deep.equal([['a', '=', '']])
  })

  it('say where a text is wrong', async () => {
    for (const [text, where] of [
      ['', '▸: a matcher is missing'],
      ['site', 'site▸: =, !=, =~ or !~ is missing'],
      ['site=', 'site=▸: a value is missing'],
      ['="x"', '▸="x": the name of a label is missing'],
      ['a=b c=d', 'a=b▸ c=d: "," is missing'],
      ['{a=b} x', '"," is missing'],
      ['a=~"("', 'is no regular expression'],
    ] as const) {
      const error = await thrownBy(async () => parseMatchers(text))
      expect(error.code, text).to.equal('SHITOPS_E_MATCHER')
      expect(error.message).to.include(where)
    }
  })

  it('fit whole values, and take a label that is not there for the empty text', () => {
    const fits = (text: string, labels: Record<string, string>) => matches(parseMatchers(text), labels)
    expect(fits('site=~"h"', { site: 'hq' })).to.equal(false)
    expect(fits('site=~"a|hq"', { site: 'hq' })).to.equal(true)
    expect(fits('site=~"h.*q"', { site: 'h\nq' })).to.equal(true)
    expect(fits('site!~"a|hq"', { site: 'hq' })).to.equal(false)
    expect(fits('site!=hq', {})).to.equal(true)
    expect(fits('site=""', {})).to.equal(true)
    expect(fits('site=~".+"', {})).to.equal(false)
    expect(fits('toString=""', {})).to.equal(true)
    expect(fits('a=1,b=2', { a: '1', b: '3' })).to.equal(false)
  })

  it('are read again as what they were written as, in whatever order', () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/)
    const one = fc.record({ name, op: fc.constantFrom('=' as const, '!=' as const), value: fc.string({ unit: 'grapheme' }) })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 4 }), (list) => {
        const made = list.map((each) => matcher(each.name, each.op, each.value))
        const text = made.map(matcherText).join(',')
        expect(told(text)).to.deep.equal(made.map((each) => [each.name, each.op, each.value]))
        expect(matchersText(parseMatchers(matchersText(made)))).to.equal(matchersText([...made].reverse()))
      }),
    )
  })
})
