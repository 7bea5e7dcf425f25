import { expect } from 'chai'
import fc from 'fast-check'
import { ByteBuffer } from '../../../../src/bus/envelope/byte-buffer.ts'
import { writeBare } from '../../../../src/collectors/gnmi/event/bare-text.ts'
import { type FlatLineOptions, FlatLines } from '../../../../src/collectors/gnmi/event/flat-lines.ts'
import { RESPONSES, VALUES } from '../support/corpus.ts'
import { printed } from '../support/printed.ts'

const textOf = (message: object, options?: FlatLineOptions) => printed(new FlatLines(options), message).text
const elem = (...names: string[]) => names.map((name) => ({ name }))
const INTERFACE = { name: 'interface', key: { name: 'e-1/49' } }

describe('responses as flat lines', () => {
  const message = {
    update: {
      prefix: { origin: 'openconfig', elem: [{ name: 'interfaces' }, INTERFACE] },
      update: [
        { path: { elem: elem('state', 'in') }, val: { uint_val: '18446744073709551615' } },
        {
          path: { elem: elem('config') },
          val: { json_ietf_val: Buffer.from('{"m:mtu": 1500, "sub": [{"a": "x y"}, [null]], "e": {}, "q": "\\"" }') },
        },
      ],
      delete: [{ elem: elem('sub') }],
    },
  }

  it('have a line for each leaf, deletes first', () => {
    const at = 'openconfig:/interfaces/interface[name=e-1/49]'
    expect(textOf(message).split('\n')).to.deep.equal([
      `deleted: ${at}/sub`,
      `${at}/state/in: 18446744073709551615`,
      `${at}/config/m:mtu: 1500`,
      `${at}/config/sub.0/a: x y`,
      `${at}/config/sub.1: true`,
      `${at}/config/e: {}`,
      `${at}/config/q: "\\""`,
      '',
    ])
  })

  it('begin with the source and have another separator where they are asked to', () => {
    const lines = textOf(message, { source: 'leaf1:57400', separator: '\t' }).split('\n').slice(0, -1)
    expect(lines).to.have.length(7)
    for (const line of lines) expect(line).to.match(/^\[leaf1:57400\] [^\t]+\t[^\t]+$/)
  })

  it('stand at the root where the path is empty', () => {
    expect(textOf({ update: { update: [{ val: { bool_val: true } }] } })).to.equal('/: true\n')
    expect(textOf({ update: { update: [{ val: { json_val: Buffer.from('{"a":{"b":"c"}}') } }] } })).to.equal('/a/b: c\n')
    expect(textOf({ update: { update: [{ path: { elem: elem('"a') }, val: { json_val: Buffer.from('{"b":1}') } }] } })).to.equal(
      '/"a/b: 1\n',
    )
  })

  it('have every kind of value', () => {
    const texts = VALUES.map(([name, val]) => [name, textOf({ update: { update: [{ path: { elem: elem('p') }, val }] } }).slice(0, -1)])
    expect(Object.fromEntries(texts)).to.deep.include({
      string: `/p: ${JSON.stringify('to "core-1" \\ ü 東\n')}`,
      'empty string': '/p: ""',
      uint: '/p: 18446744073709551615',
      'float infinity': '/p: -Infinity',
      'large decimal': '/p: 9.223372036854775807',
      'leaf-list': '/p: ["a","18446744073709551615",null,[1]]',
      json: '/p/in-octets: 18446744073709551615\n/p/list.0/a: true\n/p/list.1: true\n/p/list.2: 1.50e3\n/p/t: "\\u00fc\\n"',
      json_ietf: '/p: 18446744073709551615',
      'broken json': '/p: "{\\"a\\":"',
      ascii: '/p: "show version\\r\\n"',
      'no arm': '/p: null',
    })
  })

  it('are lines whatever comes, and say what could not be written as it is', () => {
    for (const [name, response] of RESPONSES) {
      const lines = textOf(response, { separator: '\t' }).split('\n')
      expect(lines.pop(), name).to.equal('')
      for (const line of lines) expect(line.split('\t'), name).to.have.length(2)
    }
    const broken = { update: { update: [{ path: { elem: elem('b') }, val: { json_val: Buffer.from('{') } }] } }
    expect(printed(new FlatLines(), broken).problems).to.deep.equal([{ code: 'not_json', path: '/b' }])
  })
})

describe('bare text', () => {
  const bare = (value: unknown) => {
    const out = new ByteBuffer()
    writeBare(out, Buffer.from(JSON.stringify(value)))
    return out.view().toString()
  }

  it('has quotes where it needs them', () => {
    expect(['UP', 'a b', 'ü', '5', '', ' ', ' a', 'a ', 'a"', 'a\tb'].map(bare)).to.deep.equal([
      ...['UP', 'a b', 'ü', '5', '""', '" "', '" a"', '"a "', '"a\\""', '"a\\tb"'],
    ])
    expect([5, null, true, [], { a: 'b' }].map(bare)).to.deep.equal(['5', 'null', 'true', '[]', '{"a":"b"}'])
  })

  it('says every text: with a quote in front it is JSON, and else itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = bare(text)
        expect(line.startsWith('"') ? JSON.parse(line) : line).to.equal(text)
      }),
    )
  })
})
