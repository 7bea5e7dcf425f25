import { expect } from 'chai'
import fc from 'fast-check'
import { formatPath, type PathElem, parsePath, schemaPath } from '../../../src/collectors/gnmi/path.ts'

const elem = fc.record(
  {
    name: fc.stringMatching(/^[a-z][a-z0-9:_-]{0,9}$/),
    key: fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,5}$/), fc.string(), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  },
  { requiredKeys: ['name'] },
)

describe('gNMI paths', () => {
  it('read back as they were, whatever stands in a key', () => {
    fc.assert(
      fc.property(fc.array(elem), (elems) => {
        expect(parsePath(formatPath(elems as PathElem[]))).to.deep.equal(elems)
      }),
    )
  })

  it('have no elements at the root', () => {
    expect(parsePath('/')).to.deep.equal([])
    expect(formatPath([])).to.equal('/')
    expect(schemaPath([])).to.equal('/')
  })

  it('need an escape for ] and \\ alone', () => {
    expect(parsePath('/a[name=\\]]')).to.deep.equal([{ name: 'a', key: { name: ']' } }])
    expect(parsePath('/a[name=[]')).to.deep.equal([{ name: 'a', key: { name: '[' } }])
    expect(parsePath('/a[name=[\\\\\\]]')).to.deep.equal([{ name: 'a', key: { name: '[\\]' } }])
    expect(parsePath('/a[name=ethernet-1/1][x=a=b:c]/b')).to.deep.equal([
      { name: 'a', key: { name: 'ethernet-1/1', x: 'a=b:c' } },
      { name: 'b' },
    ])
  })

  it('print keys in order of name', () => {
    expect(formatPath([{ name: 'a', key: { z: '1', b: '2' } }])).to.equal('/a[b=2][z=1]')
    expect(schemaPath([{ name: 'a', key: { z: '1' } }, { name: 'b' }])).to.equal('/a/b')
  })

  for (const broken of ['/a[name=b', '/a[name]', '/a[=b]', '/a[name=b]c']) {
    it(`${broken} is none`, () => expect(parsePath(broken)).to.equal(undefined))
  }
})
