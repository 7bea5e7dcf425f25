import { expect } from 'chai'
import fc from 'fast-check'
import { LeafPaths } from '../../../../../src/collectors/gnmi/agent/tree/leaf.ts'
import { Pattern } from '../../../../../src/collectors/gnmi/agent/tree/pattern.ts'
import { PathProblem, parsePath } from '../../../../../src/collectors/gnmi/path/parse.ts'
import { type PathElem, pathElem } from '../../../../../src/collectors/gnmi/path/path.ts'

const paths = new LeafPaths()

function pattern(text: string): Pattern {
  const path = parsePath(text)
  if (path instanceof PathProblem) throw new Error(path.message)
  return new Pattern(path.origin === 'shitops' ? 'shitops' : 'openconfig', path.elems)
}

describe("the agent's patterns", () => {
  const octets = paths.get('/interfaces/interface[name=%]/state/counters/in-octets', 'eth0')
  const cases: Array<[pattern: string, depth: number | undefined]> = [
    ['/', 0],
    ['/interfaces', 1],
    ['/interfaces/interface', 2],
    ['/interfaces/interface[name=eth0]', 2],
    ['/interfaces/interface[name=*]/state', 3],
    ['/interfaces/interface[name=eth1]', undefined],
    ['/interfaces/interface[id=eth0]', undefined],
    ['/interfaces/*/state/*/in-octets', 5],
    ['/interfaces/interface/state/counters/in-octets', 5],
    ['/interfaces/interface/state/counters/in-octets/more', undefined],
    ['/.../in-octets', 5],
    ['/...', 0],
    ['/interfaces/.../counters', 4],
    ['/.../counters/.../in-octets', 5],
    ['/.../out-octets', undefined],
    ['/system', undefined],
    ['shitops:/interfaces', undefined],
    ['/openconfig-interfaces:interfaces/interface[openconfig-interfaces:name=eth0]/state', 3],
    ['/*/*/*/*/*', 5],
    ['/*/*/*/*/*/*', undefined],
  ]
  for (const [text, depth] of cases) {
    it(`${text} ${depth === undefined ? 'does not match' : `takes ${depth} elements of`} ${octets.text}`, () => {
      expect(pattern(text).depth(octets)).to.equal(depth)
    })
  }

  it('never leaves a source unread that has a leaf for it', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const keys = fc.option(fc.constantFrom('1', '2'), { nil: undefined })
    const elem = fc.tuple(name, keys).map(([own, key]): PathElem => pathElem(own, key === undefined ? [] : [['k', key]]))
    const wild = fc.oneof(elem, fc.constantFrom(pathElem('*'), pathElem('...'), pathElem('a', [['k', '*']])))
    const leaf = fc.array(elem, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(leaf, fc.array(wild, { maxLength: 5 }), fc.nat(5), (elems, asked, cut) => {
        const own = { text: '', origin: 'openconfig' as const, elems, message: { elem: [] }, entry: undefined }
        const one = new Pattern('openconfig', asked)
        if (!one.matches(own)) return
        expect(one.mayMatchBelow({ origin: 'openconfig', elems: elems.slice(0, cut) })).to.equal(true)
        expect(one.depth(own)).to.be.at.most(elems.length)
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes a path without wildcards for exactly what is at and below it', () => {
    const elem = fc.constantFrom('a', 'b').map((name) => pathElem(name))
    fc.assert(
      fc.property(fc.array(elem, { minLength: 1, maxLength: 5 }), fc.array(elem, { maxLength: 5 }), (elems, asked) => {
        const own = { text: '', origin: 'openconfig' as const, elems, message: { elem: [] }, entry: undefined }
        const isPrefix = asked.every(({ name }, i) => elems[i]?.name === name)
        expect(new Pattern('openconfig', asked).depth(own)).to.equal(isPrefix ? asked.length : undefined)
      }),
    )
  })
})
