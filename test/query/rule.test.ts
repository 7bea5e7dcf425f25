import { expect } from 'chai'
import { fieldOf, keptOf, keyOf, matches, type RuleInput } from '../../src/query/rule.ts'

const input = (over: Partial<RuleInput>): RuleInput => ({ topic: 't', key: 'id', ttl: 1, ...over })

describe('the parts of a rule', () => {
  it('find dotted fields, and nothing behind what is no object', () => {
    expect(fieldOf({ a: { b: 1 } }, 'a.b')).to.equal(1)
    for (const value of [{ a: null }, { a: 1 }, {}, null, 'text']) expect(fieldOf(value, 'a.b')).to.equal(undefined)
  })

  it('match when every field has one of its values', () => {
    const where = { metric: ['loss', 'delay'], up: [true] }
    expect(matches(where, { metric: 'delay', up: true })).to.equal(true)
    expect(matches(where, { metric: 'delay', up: 'true' })).to.equal(false)
    expect(matches(where, { metric: 'delay' })).to.equal(false)
    expect(matches(undefined, {})).to.equal(true)
  })

  it('make a key of fields and look-ups, or none when a part is missing', () => {
    const lookups = { link_of: { ann: 'core-1' } }
    const through = { lookup: 'link_of', field: 'person' }
    expect(keyOf(input({ key: ['target', 'instance'] }), { target: 'a', instance: 0 }, {})).to.equal('a/0')
    expect(keyOf(input({ key: through }), { person: 'ann' }, lookups)).to.equal('core-1')
    expect(keyOf(input({ key: through }), { person: 'bob' }, lookups)).to.equal(undefined)
    expect(keyOf(input({ key: through }), {}, lookups)).to.equal(undefined)
    expect(keyOf(input({ key: 'target' }), { target: null }, {})).to.equal(undefined)
  })

  it('keep a value, the lowest of several, or that the record was there', () => {
    expect(keptOf(input({ value: 'v' }), { v: 0 })).to.equal(0)
    expect(keptOf(input({ value: 'v' }), { v: null })).to.equal(undefined)
    expect(keptOf(input({ value: ['l', 'r', 'c'] }), { l: 30, r: 20, c: null })).to.equal(20)
    expect(keptOf(input({ value: ['l'] }), { l: 'low' })).to.equal(undefined)
    expect(keptOf(input({}), {})).to.equal(true)
  })
})
