import { expect } from 'chai'
import { type PathTexts, readPath, requestPaths } from '../../../../src/collectors/gnmi/request/paths.ts'

const problemOf = (texts: PathTexts) => {
  try {
    requestPaths(texts)
  } catch (error) {
    return error as { code: string; message: string }
  }
  return expect.fail('no error')
}

describe('paths of a gNMI request', () => {
  it('statement 4: the target stands in the prefix only', () => {
    expect(requestPaths({ paths: ['/a'], target: 'leaf1' })).to.deep.equal({
      prefix: { elem: [], target: 'leaf1' },
      paths: [{ elem: [{ name: 'a' }] }],
    })
    const { prefix, paths } = requestPaths({ paths: ['b[k=v]'], prefix: '/a', target: 'leaf1' })
    expect(prefix).to.deep.equal({ elem: [{ name: 'a' }], target: 'leaf1' })
    expect(paths).to.deep.equal([{ elem: [{ name: 'b', key: { k: 'v' } }] }])
    expect(requestPaths({ paths: ['/a'], target: '' })).to.deep.equal({ paths: [{ elem: [{ name: 'a' }] }] })
  })

  describe('statement 5: the origin stands in the prefix or in the paths', () => {
    it('in the paths without a prefix path, each its own', () => {
      expect(requestPaths({ paths: ['openconfig:/a', 'eos_native:/b', '/c'], target: 't' })).to.deep.equal({
        prefix: { elem: [], target: 't' },
        paths: [
          { origin: 'openconfig', elem: [{ name: 'a' }] },
          { origin: 'eos_native', elem: [{ name: 'b' }] },
          { elem: [{ name: 'c' }] },
        ],
      })
    })

    const UNDER_A_PREFIX: ReadonlyArray<readonly [prefix: string, paths: string[], origin: string | undefined]> = [
      ['openconfig:/a', ['b'], 'openconfig'],
      ['openconfig:/a', ['openconfig:/b', 'c'], 'openconfig'],
      ['/a', ['eos_native:/b', 'eos_native:/c'], 'eos_native'],
      // What has no origin is of openconfig (statement 6).
      ['/a', ['openconfig:/b', 'c'], 'openconfig'],
      ['/a', ['b', 'c'], undefined],
      ['openconfig:', ['/b'], 'openconfig'],
      ['openconfig:/a', [], 'openconfig'],
    ]
    for (const [prefix, paths, origin] of UNDER_A_PREFIX) {
      it(`in the prefix: ${prefix} + ${paths.join(', ')}`, () => {
        const made = requestPaths({ prefix, paths })
        expect(made.prefix?.origin).to.equal(origin)
        expect(made.paths.filter((path) => 'origin' in path)).to.deep.equal([])
        expect(made.paths).to.have.length(paths.length)
      })
    }

    const REFUSED: ReadonlyArray<readonly [prefix: string, paths: string[], why: RegExp]> = [
      ['/a', ['openconfig:/b', 'eos_native:/c'], /several origins: openconfig, eos_native/],
      ['/a', ['eos_native:/b', 'c'], /several origins: eos_native, openconfig/],
      ['openconfig:/a', ['b', 'eos_native:/c'], /the prefix has the origin "openconfig", and eos_native:\/c another/],
      ['openconfig:', ['eos_native:/c'], /another/],
    ]
    for (const [prefix, paths, why] of REFUSED) {
      it(`never several under one prefix: ${prefix} + ${paths.join(', ')}`, () => {
        const { code, message } = problemOf({ prefix, paths })
        expect(code).to.equal('SHITOPS_E_USAGE')
        expect(message).to.match(why)
      })
    }
  })

  it('statement 7: the root has no elements', () => {
    for (const root of ['/', '']) expect(requestPaths({ paths: [root] })).to.deep.equal({ paths: [{ elem: [] }] })
    expect(requestPaths({ paths: ['openconfig:/'] })).to.deep.equal({ paths: [{ origin: 'openconfig', elem: [] }] })
    // A prefix that is the root says nothing.
    expect(requestPaths({ paths: ['eos_native:/a', '/b'], prefix: '/' }).prefix).to.equal(undefined)
  })

  it('statements 10 and 11: wildcards are names, and the deprecated element is never sent', () => {
    const { paths } = requestPaths({ paths: ['/a/*/.../b[k=*]'] })
    expect(paths).to.deep.equal([{ elem: [{ name: 'a' }, { name: '*' }, { name: '...' }, { name: 'b', key: { k: '*' } }] }])
  })

  it('points at the place where a text is no path', () => {
    const { code, message } = problemOf({ paths: ['/a', '/interfaces/interface[name/state'] })
    expect(code).to.equal('SHITOPS_E_USAGE')
    const [first, text = '', caret = ''] = message.split('\n')
    expect(first).to.equal('--path: a key is [name=value], and "=" is missing')
    expect(text).to.equal('  /interfaces/interface[name/state')
    expect(caret.indexOf('^')).to.equal(text.length)
    expect(problemOf({ paths: [], prefix: '/a//b' }).message).to.equal('--prefix: an element without a name\n  /a//b\n     ^')
    expect(problemOf({ paths: ['a[b]'], names: { path: (i) => `delete[${i}]` } }).message).to.contain('delete[0]: a key is')
  })

  it('shows a text with control characters on one line', () => {
    expect(() => readPath('/a\n/b[', '--path')).to.throw(/\n {2}\/a \/b\[\n {2} {6}\^$/)
  })
})
