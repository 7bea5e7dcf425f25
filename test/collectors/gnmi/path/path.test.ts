import { expect } from 'chai'
import fc from 'fast-check'
import { formatElems, formatPath } from '../../../../src/collectors/gnmi/path/format.ts'
import { PathProblem, parseElem, parsePath } from '../../../../src/collectors/gnmi/path/parse.ts'
import { type GnmiPath, type PathKey, pathElem, toPathMessage } from '../../../../src/collectors/gnmi/path/path.ts'

const path = (origin: string, ...elems: Array<[name: string, ...keys: PathKey[]]>): GnmiPath => ({
  origin,
  elems: elems.map(([name, ...keys]) => pathElem(name, keys)),
})

describe('gNMI paths as text', () => {
  /** Text as it is printed, and the path. */
  const PRINTED: ReadonlyArray<readonly [string, GnmiPath]> = [
    ['/', path('')],
    ['/a/b/c', path('', ['a'], ['b'], ['c'])],
    ['/interfaces/interface[name=Ethernet/1/2/3]/state', path('', ['interfaces'], ['interface', ['name', 'Ethernet/1/2/3']], ['state'])],
    ['/p[identifier=ISIS][name=65497]', path('', ['p', ['identifier', 'ISIS'], ['name', '65497']])],
    ['/foo[name=\\]]', path('', ['foo', ['name', ']']])],
    ['/foo[name=[]', path('', ['foo', ['name', '[']])],
    ['/foo[name=[\\\\\\]]', path('', ['foo', ['name', '[\\]']])],
    ['/foo[name=a=b:c]', path('', ['foo', ['name', 'a=b:c']])],
    ['/foo[name=]', path('', ['foo', ['name', '']])],
    ['/foo[name=two\\nlines\\r]', path('', ['foo', ['name', 'two\nlines\r']])],
    ['/foo[name=\\u0007]', path('', ['foo', ['name', '\u0007']])],
    ['/foo[name=Zürich 東京 🙂]', path('', ['foo', ['name', 'Zürich 東京 🙂']])],
    ['/foo[name=\\ud83d]', path('', ['foo', ['name', '\ud83d']])],
    ['/a\\/b/c\\[d/e\\\\f', path('', ['a/b'], ['c[d'], ['e\\f'])],
    ['/a[k\\=1\\]=v]', path('', ['a', ['k=1]', 'v']])],
    ['/*/a/.../b[name=*]', path('', ['*'], ['a'], ['...'], ['b', ['name', '*']])],
    ['openconfig:/', path('openconfig')],
    ['openconfig:/interfaces', path('openconfig', ['interfaces'])],
    ['or\\:i\\/gin:/a', path('or:i/gin', ['a'])],
    ['/ietf-interfaces:interfaces/interface', path('', ['ietf-interfaces:interfaces'], ['interface'])],
    // Junos sends elements with nothing but keys.
    ['/[queue=7]/a', path('', ['', ['queue', '7']], ['a'])],
    ['/\\e/a/\\e', path('', [''], ['a'], [''])],
    ['/a[\\e=v]', path('', ['a', ['', 'v']])],
  ]

  for (const [text, expected] of PRINTED) {
    it(`prints and reads ${text}`, () => {
      expect(formatPath(expected)).to.equal(text)
      expect(parsePath(text)).to.deep.equal(expected)
    })
  }

  /** Other ways to write a path, and how it is printed. */
  const READ: ReadonlyArray<readonly [string, string]> = [
    ['', '/'],
    ['a/b', '/a/b'],
    ['/a/b/', '/a/b'],
    ['openconfig:', 'openconfig:/'],
    ['ietf-interfaces:interfaces/interface', '/ietf-interfaces:interfaces/interface'],
    ['a[k=x:/y]', '/a[k=x:/y]'],
    ['/a:/b', '/a:/b'],
    ['a\\:/b', '/a:/b'],
    ['/p[name=65497][identifier=ISIS]', '/p[identifier=ISIS][name=65497]'],
    ['/a[k=\\[x\\=\\/]', '/a[k=[x=/]'],
    ['/a[k=\\u00fc\\U00FC]', '/a[k=üü]'],
    ['/a[k=\\ud83d\\ude42]', '/a[k=🙂]'],
    ['/a[k=\\u000a]', '/a[k=\\n]'],
  ]

  for (const [text, printed] of READ) {
    it(`reads ${text || 'no text'} as ${printed}`, () => {
      const read = parsePath(text)
      expect(read instanceof PathProblem ? read : formatPath(read)).to.equal(printed)
    })
  }

  const REFUSED: ReadonlyArray<readonly [text: string, at: number, message: RegExp]> = [
    ['//', 1, /without a name/],
    ['/a//b', 3, /without a name/],
    ['/a[k=v', 6, /"]" is missing/],
    ['/a[k=v\\]', 8, /"]" is missing/],
    ['/a[k]', 4, /"=" is missing/],
    ['/a[=v]', 3, /without a name/],
    ['/a[]', 3, /"=" is missing/],
    ['/a[k=v]b', 7, /"b" behind a key/],
    ['/a[k=v][k=w]', 12, /key "k" twice/],
    ['/a[k=C:\\dir]', 8, /unknown escape "\\d"/],
    ['/a\\', 3, /backslash at the end/],
    ['/a\\u12', 3, /four hexadecimal digits/],
  ]

  for (const [text, at, message] of REFUSED) {
    it(`refuses ${text} at ${at}`, () => {
      const problem = parsePath(text)
      expect(problem).to.be.instanceOf(PathProblem)
      expect(problem).to.include({ at }).and.to.have.property('message').that.matches(message)
    })
  }

  it('reads an element of the deprecated kind, where "/" is a character like any other', () => {
    expect(parseElem('interface[name=eth0]')).to.deep.equal(pathElem('interface', [['name', 'eth0']]))
    expect(parseElem('a/b')).to.deep.equal(pathElem('a/b'))
    expect(parseElem('a[k=v]/')).to.be.instanceOf(PathProblem)
  })

  it('makes the message of a request', () => {
    expect(toPathMessage(path('openconfig', ['a', ['x', '1'], ['y', '2']], ['b']))).to.deep.equal({
      origin: 'openconfig',
      elem: [{ name: 'a', key: { x: '1', y: '2' } }, { name: 'b' }],
    })
    expect(toPathMessage(path(''))).to.deep.equal({ elem: [] })
    const proto = toPathMessage(path('', ['a', ['__proto__', 'v']]))
    expect(Object.entries(proto.elem[0]?.key ?? {})).to.deep.equal([['__proto__', 'v']])
  })

  /** Any text, with the characters that mean something far more often than chance has them. */
  const anyText = fc.string({
    unit: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('/', '[', ']', '=', ':', '\\', 'n', 'u', 'e', 'a', '*', '.', '\n', '\r', '\u2028', '"') },
      { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code)) },
    ),
    maxLength: 12,
  })
  const anyElem = fc
    .tuple(anyText, fc.uniqueArray(fc.tuple(anyText, anyText), { selector: ([name]) => name, maxLength: 3 }))
    .map(([name, keys]) => pathElem(name, keys))
  const anyPath = fc.record({ origin: anyText, elems: fc.array(anyElem, { maxLength: 4 }) }, { noNullPrototype: true })

  it('reads back every path that it prints', () => {
    fc.assert(
      fc.property(anyPath, (original) => {
        expect(parsePath(formatPath(original))).to.deep.equal(original)
      }),
      { numRuns: 3_000 },
    )
  })

  it('prints different paths differently, on one line', () => {
    fc.assert(
      fc.property(anyPath, anyPath, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b)
        expect(formatPath(a) === formatPath(b)).to.equal(same)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        expect(formatElems(a.elems)).to.not.match(/[\u0000-\u001f]/)
        expect(Buffer.from(formatElems(a.elems)).toString()).to.equal(formatElems(a.elems))
      }),
      { numRuns: 1_000 },
    )
  })

  it('never throws, and what it reads prints to a text that means the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = parsePath(text)
        if (read instanceof PathProblem) expect(read.at).to.be.within(0, text.length)
        else expect(parsePath(formatPath(read))).to.deep.equal(read)
      }),
      { numRuns: 5_000 },
    )
  })
})
