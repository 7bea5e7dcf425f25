import { expect } from 'chai'
import fc from 'fast-check'
import { EventLines } from '../../../../src/collectors/gnmi/event/event-lines.ts'
import { decodeItems } from '../../../../src/collectors/gnmi/event/protojson/decode-items.ts'
import { itemsOf } from '../../../../src/collectors/gnmi/event/protojson/items.ts'
import { ProtoJsonProblem } from '../../../../src/collectors/gnmi/event/protojson/proto-json-problem.ts'
import { protoJsonToWire } from '../../../../src/collectors/gnmi/event/protojson/to-wire.ts'
import { RESPONSES } from '../support/corpus.ts'
import { subscribeResponse } from '../support/proto.ts'

function wireOf(json: unknown): Buffer | string {
  const wire = protoJsonToWire(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)))
  return wire instanceof ProtoJsonProblem ? wire.message : wire
}

/** A message of proto-loader's as the protobuf JSON mapping has it. */
function protoJson(value: unknown, camel: boolean): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return value.map((one) => protoJson(one, camel))
  if (typeof value !== 'object' || value === null) return value
  const name = (key: string) => (camel ? key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()) : key)
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key === 'key' ? key : name(key), key === 'key' ? one : protoJson(one, camel)]),
  )
}

async function collect<T>(items: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const some of items) all.push(...some)
  return all
}

async function* inChunks(text: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('SubscribeResponses in the protobuf JSON mapping', () => {
  for (const camel of [true, false]) {
    it(`are the bytes that proto-loader makes, from ${camel ? 'camelCase' : 'snake_case'}`, () => {
      for (const [name, message] of RESPONSES) {
        // Neither is written: extensions are passed over, and so is what a target says beside an error.
        if (/extension/.test(name)) continue
        const { data, ...error } = (message as { error?: { data?: object } }).error ?? {}
        const plain = data ? { error } : message
        // -0 is 0 in JSON.stringify; the text below is not.
        const json = JSON.stringify(protoJson(plain, camel)).replace(name === 'minus zero' ? /0(?=\})/ : /$^/, '-0')
        const wire = wireOf(json)
        expect(Buffer.isBuffer(wire) ? subscribeResponse.decode(wire) : wire, name).to.deep.equal(
          subscribeResponse.decode(subscribeResponse.encode(plain)),
        )
      }
    })
  }

  it('have 64-bit integers as text or as numbers, and lose nothing', () => {
    const texts = ['18446744073709551615', '9007199254740993', '0', '1e3', '12.0', '"18446744073709551615"', '"7"']
    for (const text of texts) {
      const wire = wireOf(`{"update":{"update":[{"val":{"uintVal":${text}}}]}}`)
      const decoded = Buffer.isBuffer(wire) ? subscribeResponse.decode(wire) : wire
      const expected = text.replaceAll('"', '').replace('1e3', '1000').replace('12.0', '12')
      expect(decoded).to.have.nested.property('update.update[0].val.uint_val', expected)
    }
    const least = wireOf('{"update":{"timestamp":-9223372036854775808}}')
    expect(Buffer.isBuffer(least) && subscribeResponse.decode(least)).to.have.nested.property('update.timestamp', '-9223372036854775808')
  })

  it('have bytes in either base64, enums by name or number, and null for nothing', () => {
    const same = ['{"val":{"bytesVal":"-_8="}}', '{"val":{"bytesVal":"+/8"}}', '{"val":{"bytes_val":"-_8","uintVal":null}}']
    const [first, ...others] = same.map((update) => wireOf(`{"update":{"update":[${update}]}}`))
    for (const other of others) expect(other).to.deep.equal(first)
    expect(wireOf('{"update":{"update":[{"value":{"type":"JSON_IETF"}}]}}')).to.deep.equal(
      wireOf('{"update":{"update":[{"value":{"type":4}}]}}'),
    )
  })

  const REFUSED: ReadonlyArray<readonly [json: string, message: RegExp]> = [
    ['', /^not JSON$/],
    ['{"update":', /^not JSON$/],
    ['[]', /^not an object/],
    ['{"update":[]}', /^update is not an object, which a Notification is$/],
    ['{"updat":{}}', /^updat is not a field of SubscribeResponse; did you mean update\?$/],
    ['{"update":{"update":[{},{"val":{"uint":1}}]}}', /^update\.update\[1\]\.val\.uint is not a field of TypedValue/],
    ['{"update":{"update":{}}}', /^update\.update is not an array$/],
    ['{"update":{"update":[null]}}', /^update\.update\[0\] is not an object/],
    ['{"update":{"timestamp":"x"}}', /^update\.timestamp is "x", not an integer from -9223372036854775808 to 9223372036854775807$/],
    ['{"update":{"timestamp":1.5}}', /^update\.timestamp is 1\.5, not an integer/],
    ['{"update":{"timestamp":9223372036854775808}}', /not an integer/],
    ['{"update":{"timestamp":true}}', /^update\.timestamp is true, not/],
    ['{"update":{"update":[{"val":{"uintVal":-1}}]}}', /uintVal is -1, not an integer from 0 to 18446744073709551615$/],
    ['{"update":{"update":[{"val":{"bytesVal":"*"}}]}}', /bytesVal is "\*", not base64$/],
    ['{"update":{"update":[{"val":{"boolVal":1}}]}}', /boolVal is 1, not true or false$/],
    ['{"update":{"update":[{"val":{"stringVal":{}}}]}}', /stringVal is an object, not text$/],
    ['{"update":{"update":[{"val":{"doubleVal":"much"}}]}}', /doubleVal is "much", not a number$/],
    ['{"update":{"update":[{"val":{"uintVal":1,"intVal":1}}]}}', /val has both uintVal and intVal$/],
    ['{"update":{},"syncResponse":true}', /^has both update and syncResponse$/],
    ['{"update":{"update":[{"val":{"uintVal":1,"uint_val":1}}]}}', /val has both uintVal and uint_val$/],
    ['{"update":{"update":[{"value":{"type":"XML"}}]}}', /type is "XML", not one of JSON, BYTES/],
    ['{"update":{"update":[{"val":{"anyVal":{"@type":"x"}}}]}}', /anyVal\.@type cannot be read without its schema/],
    ['{"update":{"prefix":{"elem":[{"key":{"k":[]}}]}}}', /key\.k is an array, not text$/],
    ['{"update":{"prefix":{"elem":[{"__proto__":{}}]}}}', /__proto__ is not a field of PathElem/],
    ['{"constructor":{}}', /constructor is not a field/],
  ]

  for (const [json, message] of REFUSED) {
    it(`are not ${json || 'nothing'}`, () => {
      expect(wireOf(json)).to.match(message)
    })
  }
})

describe('messages in a stream', () => {
  const split = async (text: string | Buffer, size = 1 << 16, maxBytes?: number) =>
    (await collect(itemsOf(inChunks(text, size), maxBytes))).map(({ line, bytes }) => [line, bytes === null ? null : bytes.toString()])

  it('stand in an array', async () => {
    const expected = [
      [1, '{"a":[1]}'],
      [2, '{\n"b":"]}{["}'],
    ]
    expect(await split('[{"a":[1]} ,\n{\n"b":"]}{["}]')).to.deep.equal(expected)
    expect(await split(' [ ] ')).to.deep.equal([])
    expect(await split('[{"a":[1]}]\n[{\n"b":"]}{["}]\n')).to.deep.equal(expected)
  })

  it('stand one a line, or over several', async () => {
    expect(await split('{"a":1}\n\n{"b":"\\"}"}\r\n{"c":3}')).to.deep.equal([
      [1, '{"a":1}'],
      [3, '{"b":"\\"}"}'],
      [4, '{"c":3}'],
    ])
    expect(await split('{\n  "a": {}\n}\n{\n  "b": 1\n}\n')).to.deep.equal([
      [1, '{\n  "a": {}\n}'],
      [4, '{\n  "b": 1\n}'],
    ])
  })

  it('end where the next one begins when they are cut off', async () => {
    expect(await split('{"a":{"b":1\n{"c":2}\n{"d":"x\n{"e":3}\n{"f":')).to.deep.equal([
      [1, '{"a":{"b":1\n'],
      [2, '{"c":2}'],
      [3, '{"d":"x\n'],
      [4, '{"e":3}'],
      [5, '{"f":'],
    ])
  })

  it('are followed by whatever else there is, up to the end of its line', async () => {
    expect(await split('nonsense {"a":1}\n{"b":2} more\n}\n{"c":3}')).to.deep.equal([
      [1, 'nonsense {"a":1}'],
      [2, '{"b":2}'],
      [2, 'more'],
      [3, '}'],
      [4, '{"c":3}'],
    ])
    expect(await split('[1,{"a":1},\n"x"]')).to.deep.equal([
      [1, '1'],
      [1, '{"a":1}'],
      [2, '"x"'],
    ])
  })

  it('are null when they are longer than allowed', async () => {
    expect(await split(`{"a":"${'x'.repeat(100)}"}\n{"b":1}`, 10, 50)).to.deep.equal([
      [1, null],
      [2, '{"b":1}'],
    ])
  })

  it('are the same however the bytes arrive', async () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', '\n', ' ', '{"a":1}', '"ü"', 'x')
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), async (texts, size) => {
        expect(await split(texts.join(''), size)).to.deep.equal(await split(texts.join('')))
      }),
      { numRuns: 500 },
    )
  })

  it('give their events, and an error each where they cannot be read', async () => {
    const update = (val: string) => `{"update":{"timestamp":"5","update":[{"path":{"elem":[{"name":"a"}]},"val":${val}}]}}`
    const input = [
      update('{"uintVal":"7"}'),
      'nonsense',
      '{"syncResponse":true}',
      '{"error":{"code":3,"message":"no"}}',
      update('{"jsonVal":"ew=="}'),
    ]
    const texts: string[] = []
    for await (const text of decodeItems(inChunks(input.join('\n'), 16), new EventLines())) texts.push(text)
    expect(
      texts
        .join('')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).to.deep.equal([
      { name: 'default', timestamp: '5', tags: {}, values: { '/a': 7 } },
      { line: 2, error: { code: 'SHITOPS_E_GNMI_INPUT', message: 'not JSON' } },
      { line: 4, error: { code: 'SHITOPS_E_GNMI_TARGET', message: 'the target says: no (code 3)' } },
      { name: 'default', timestamp: '5', tags: {}, values: { '/a': '{' } },
      { line: 5, error: { code: 'SHITOPS_E_GNMI_VALUE', message: '/a: a JSON value that is not JSON; kept as text' } },
    ])
  })
})
