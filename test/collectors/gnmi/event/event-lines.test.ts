import { expect } from 'chai'
import { ByteBuffer } from '../../../../src/bus/envelope/byte-buffer.ts'
import { type EventLineOptions, EventLines } from '../../../../src/collectors/gnmi/event/event-lines.ts'
import { JoinedPaths } from '../../../../src/collectors/gnmi/event/joined-paths.ts'
import { ResponseDecoder } from '../../../../src/collectors/gnmi/wire/decoder.ts'
import type { SubscribeResponse } from '../../../../src/collectors/gnmi/wire/response.ts'
import { RESPONSES, VALUES } from '../support/corpus.ts'
import { subscribeResponse } from '../support/proto.ts'

interface Event {
  name: string
  timestamp: string
  tags: Record<string, string>
  values?: Record<string, unknown>
  deletes?: string[]
}

function textOf(message: object, options?: EventLineOptions): string {
  const out = new ByteBuffer()
  new EventLines(options).write(out, new ResponseDecoder().decode(subscribeResponse.encode(message)) as SubscribeResponse)
  return out.view().toString()
}

const eventsOf = (message: object, options?: EventLineOptions): Event[] =>
  textOf(message, options)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

const elem = (...names: string[]) => names.map((name) => ({ name }))
const one = (prefix: object, path: object, val: object = { uint_val: '1' }) =>
  eventsOf({ update: { prefix, update: [{ path, val }] } })[0] as Event

describe("events in gnmic's format", () => {
  it('are one line for each delete and each update, deletes first', () => {
    const message = {
      update: {
        timestamp: '1774965731250417113',
        prefix: { origin: 'openconfig', elem: [{ name: 'interfaces' }, { name: 'interface', key: { name: 'e-1/49' } }] },
        update: [
          { path: { elem: elem('state', 'in') }, val: { uint_val: '18446744073709551615' } },
          { path: { elem: elem('state', 'out') }, val: { uint_val: '5' } },
        ],
        delete: [{ elem: [{ name: 'sub', key: { index: '0' } }] }],
      },
    }
    expect(textOf(message, { subscription: 'counters' })).to.equal(
      '{"name":"counters","timestamp":"1774965731250417113","tags":{"interface_name":"e-1/49","sub_index":"0"},"deletes":["openconfig:/interfaces/interface/sub"]}\n' +
        '{"name":"counters","timestamp":"1774965731250417113","tags":{"interface_name":"e-1/49"},"values":{"openconfig:/interfaces/interface/state/in":"18446744073709551615"}}\n' +
        '{"name":"counters","timestamp":"1774965731250417113","tags":{"interface_name":"e-1/49"},"values":{"openconfig:/interfaces/interface/state/out":5}}\n',
    )
  })

  it('are none for what is no notification', () => {
    for (const message of [{}, { sync_response: true }, { error: { code: 1 } }, { update: {} }]) expect(textOf(message)).to.equal('')
  })

  it('are called default without a subscription, and have 0 for no timestamp', () => {
    expect(one({}, {})).to.deep.include({ name: 'default', timestamp: '0', tags: {} })
  })

  it('name a value by its path without keys', () => {
    const name = (prefix: object, path: object) => Object.keys(one(prefix, path).values ?? {})
    expect(name({}, {})).to.deep.equal(['/'])
    expect(name({ elem: elem('a') }, {})).to.deep.equal(['/a'])
    expect(name({}, { elem: elem('a', 'b') })).to.deep.equal(['/a/b'])
    expect(name({ origin: 'o' }, { elem: elem('a') })).to.deep.equal(['o:/a'])
    expect(name({}, { origin: 'o', elem: elem('a') })).to.deep.equal(['o:/a'])
    expect(name({ elem: elem('m:a') }, { elem: elem('n:b') })).to.deep.equal(['/m:a/n:b'])
    expect(name({ elem: [{ name: 'a' }, { key: { queue: '7' } }] }, { elem: elem('b') })).to.deep.equal(['/a/b'])
  })

  it('tag every key, and lose none where two have the same name', () => {
    const tags = (prefix: object, path: object) => one(prefix, path).tags
    const list = (name: string, key: Record<string, string>) => ({ name, key })
    expect(tags({ target: 't', elem: [list('m:a', { k: '1', l: '2' })] }, { elem: [list('b', { k: '3' })] })).to.deep.equal({
      a_k: '1',
      a_l: '2',
      b_k: '3',
      target: 't',
    })
    expect(tags({ elem: [list('a', { k: '1' })] }, { elem: [list('a', { k: '1' })] })).to.deep.equal({ a_k: '1' })
    expect(tags({ elem: [list('a', { k: '1' })] }, { elem: [list('a', { k: '2' }), list('a', { k: '3' })] })).to.deep.equal({
      a_k: '1',
      '/a/a/a_a_k': '2',
      '/a/a/a_a_k_2': '3',
    })
    expect(tags({}, { elem: [{ key: { queue: '7' } }] })).to.deep.equal({ queue: '7' })
    const proto = tags({}, { elem: [{ key: { ['__proto__']: 'x' } }] })
    expect(Object.entries(proto)).to.deep.equal([['__proto__', 'x']])
  })

  it('add the tags of the stream, renamed where a path has them', () => {
    const message = { update: { prefix: { target: 't' }, update: [{ path: { elem: [{ key: { source: 'x' } }] } }] } }
    expect(eventsOf(message, { tags: { source: 'access-1', site: 'hq' } })[0]?.tags).to.deep.equal({
      source: 'x',
      target: 't',
      meta_source: 'access-1',
      site: 'hq',
    })
    expect(eventsOf({ update: { update: [{}] } }, { tags: { a: '1', b: '2' } })[0]?.tags).to.deep.equal({ a: '1', b: '2' })
  })

  it('have every kind of value, and lose no digit', () => {
    const texts = VALUES.map(([name, val]) => {
      const text = textOf({ update: { update: [{ path: { elem: elem('p') }, val }] } })
      return [name, /"values":\{(.*)\}\}\n$/.exec(text)?.[1]?.replace(/^"\/p":/, '')]
    })
    expect(Object.fromEntries(texts)).to.deep.equal({
      string: JSON.stringify('to "core-1" \\ ü 東\n'),
      'empty string': '""',
      int: '"-9223372036854775808"',
      'small int': '-1',
      uint: '"18446744073709551615"',
      zero: '0',
      '2^53': '9007199254740992',
      '2^53 + 1': '"9007199254740993"',
      bool: 'true',
      false: 'false',
      bytes: '"AP+A"',
      float: '0.1',
      'tiny float': '2.913e-40',
      'float infinity': '"-Infinity"',
      double: '-1.5e+300',
      NaN: '"NaN"',
      'minus zero': '-0',
      decimal: '-0.05',
      'large decimal': '9.223372036854775807',
      'absurd decimal': '"1e-4294967295"',
      'leaf-list': '["a","18446744073709551615",null,[1]]',
      'leaf-list in leaf-list': '[[true],[]]',
      any: '{"type_url":"type.googleapis.com/x.Y","value":"CAE="}',
      json: '"/p/in-octets":"18446744073709551615","/p/list.0/a":true,"/p/list.1":true,"/p/list.2":1.50e3,"/p/t":"\\u00fc\\n"',
      json_ietf: '"18446744073709551615"',
      'broken json': '"{\\"a\\":"',
      'json with a lone surrogate': '"\\ud83d"',
      ascii: '"show version\\r\\n"',
      proto_bytes: '"CJYB"',
      'no arm': 'null',
    })
  })

  it('keep a JSON array in one piece, with empty leaves true', () => {
    expect(one({}, { elem: elem('p') }, { json_ietf_val: Buffer.from('[{"a":[null]},9007199254740993]') }).values).to.deep.equal({
      '/p': [{ a: true }, '9007199254740993'],
    })
    expect(one({}, { elem: elem('p') }, { json_ietf_val: Buffer.from('[null]') }).values).to.deep.equal({ '/p': true })
  })

  it('are JSON for every message, and say what could not be written as it is', () => {
    for (const [name, message] of RESPONSES) expect(() => eventsOf(message), name).to.not.throw()
    const out = new ByteBuffer()
    const message = {
      update: { prefix: { elem: elem('a') }, update: [{ path: { elem: elem('b') }, val: { json_val: Buffer.from('{') } }] },
    }
    const problems = new EventLines().write(out, new ResponseDecoder().decode(subscribeResponse.encode(message)) as SubscribeResponse)
    expect(problems).to.deep.equal([{ code: 'not_json', path: '/a/b' }])
  })

  it('join each pair of paths once, and within bounds', () => {
    const decoder = new ResponseDecoder()
    const paths = Array.from({ length: 5 }, (_, i) => {
      const response = decoder.decode(subscribeResponse.encode({ update: { delete: [{ elem: elem(`p${i}`) }] } })) as SubscribeResponse
      return { prefix: response.prefix, path: response.deletes[0] as SubscribeResponse['prefix'] }
    })
    const joined = new JoinedPaths(3)
    for (let round = 0; round < 3; round++) {
      for (const [i, { prefix, path }] of paths.entries()) {
        const found = joined.get(prefix, path)
        expect(found.name).to.equal(`/p${i}`)
        expect(joined.get(prefix, path)).to.equal(found)
      }
    }
  })
})
