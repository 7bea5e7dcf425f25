import { expect } from 'chai'
import { type JsonLineOptions, JsonLines } from '../../../../src/collectors/gnmi/event/json-lines.ts'
import { RESPONSES, VALUES } from '../support/corpus.ts'
import { printed } from '../support/printed.ts'

const textOf = (message: object, options?: JsonLineOptions) => printed(new JsonLines(options), message).text
const elem = (...names: string[]) => names.map((name) => ({ name }))

describe("responses in gnmic's json format", () => {
  it('are one line each', () => {
    const message = {
      update: {
        timestamp: '1774965731250417113',
        prefix: {
          target: 'access-1',
          origin: 'openconfig',
          elem: [{ name: 'interfaces' }, { name: 'interface', key: { name: 'e-1/49' } }],
        },
        update: [
          { path: { elem: elem('state', 'in') }, val: { uint_val: '18446744073709551615' }, duplicates: 2 },
          { path: { elem: [{ name: 'sub', key: { index: '0' } }] }, val: { json_ietf_val: Buffer.from('{ "a": {"b": [null]} }') } },
        ],
        delete: [{ elem: [{ name: 'sub', key: { index: '1' } }] }, {}],
      },
    }
    expect(textOf(message, { source: 'leaf1:57400', subscription: 'counters' })).to.equal(
      '{"source":"leaf1:57400","subscription-name":"counters","timestamp":"1774965731250417113","time":"2026-03-31T14:02:11.250417113Z",' +
        '"prefix":"openconfig:/interfaces/interface[name=e-1/49]","target":"access-1","updates":[' +
        '{"Path":"state/in","duplicates":2,"values":{"state/in":"18446744073709551615"}},' +
        '{"Path":"sub[index=0]","values":{"sub":{"a":{"b":[null]}}}}],"deletes":["sub[index=1]",""]}\n',
    )
  })

  it('say that there was a sync, and nothing of the rest', () => {
    expect(textOf({ sync_response: true })).to.equal('{"sync-response":true}\n')
    expect(textOf({ sync_response: true }, { source: 'a' })).to.equal('{"source":"a","sync-response":true}\n')
    for (const message of [{}, { error: { code: 1 } }]) expect(textOf(message)).to.equal('')
  })

  it('have no time where there is none, and the whole of it where there is', () => {
    const times = (timestamp: string) => {
      const { timestamp: ns, time } = JSON.parse(textOf({ update: { timestamp } }))
      return [ns, time]
    }
    expect(times('0')).to.deep.equal(['0', undefined])
    expect(times('1')).to.deep.equal(['1', '1970-01-01T00:00:00.000000001Z'])
    expect(times('1774965731000000000')).to.deep.equal(['1774965731000000000', '2026-03-31T14:02:11Z'])
    expect(times('1774965731250000000')).to.deep.equal(['1774965731250000000', '2026-03-31T14:02:11.25Z'])
    expect(times('-1')).to.deep.equal(['-1', '1969-12-31T23:59:59.999999999Z'])
    expect(times('9223372036854775807')).to.deep.equal(['9223372036854775807', '2262-04-11T23:47:16.854775807Z'])
    expect(times('-9223372036854775808')).to.deep.equal(['-9223372036854775808', '1677-09-21T00:12:43.145224192Z'])
  })

  it('name paths as gnmic does', () => {
    const names = (path: object) => {
      const [{ Path, values }] = JSON.parse(textOf({ update: { update: [{ path, val: { bool_val: true } }] } })).updates
      return [Path, ...Object.keys(values)]
    }
    expect(names({})).to.deep.equal(['', ''])
    expect(names({ elem: elem('m:a', 'b') })).to.deep.equal(['m:a/b', 'm:a/b'])
    expect(names({ origin: 'o', elem: [{ name: 'a', key: { k: 'v' } }] })).to.deep.equal(['o:/a[k=v]', 'o:/a'])
    expect(names({ origin: 'o' })).to.deep.equal(['o:/', 'o:/'])
  })

  it('lose no digit of any kind of value', () => {
    const valueIn = (val: object) =>
      /"values":\{"p":(.*)\}\}\]\}\n$/s.exec(textOf({ update: { update: [{ path: { elem: elem('p') }, val }] } }))?.[1]
    const values = Object.fromEntries(VALUES.map(([name, val]) => [name, valueIn(val)]))
    expect(values).to.deep.include({
      int: '"-9223372036854775808"',
      uint: '"18446744073709551615"',
      '2^53': '9007199254740992',
      NaN: '"NaN"',
      'large decimal': '9.223372036854775807',
      'leaf-list': '["a","18446744073709551615",null,[1]]',
      json: '{"in-octets":"18446744073709551615","list":[{"a":null},[null],1.50e3],"t":"\\u00fc\\n"}',
      json_ietf: '"18446744073709551615"',
      'no arm': 'null',
    })
    for (const [name, value] of Object.entries(values)) expect(() => JSON.parse(value ?? ''), name).to.not.throw()
  })

  it('are JSON, one line for each message, and say what could not be written as it is', () => {
    for (const [name, message] of RESPONSES) {
      const lines = textOf(message, { source: 's' }).split('\n')
      expect(lines.pop(), name).to.equal('')
      expect(lines.length, name).to.equal('update' in message || 'sync_response' in message ? 1 : 0)
      for (const line of lines) expect(() => JSON.parse(line), name).to.not.throw()
    }
    const broken = { update: { prefix: { elem: elem('a') }, update: [{ path: { elem: elem('b') }, val: { json_val: Buffer.from('{') } }] } }
    expect(printed(new JsonLines(), broken).problems).to.deep.equal([{ code: 'not_json', path: '/a/b' }])
  })
})
