import { expect } from 'chai'
import fc from 'fast-check'
import type { BusRecord, OutRecord } from '../../../src/bus/bus.ts'
import { ByteBuffer } from '../../../src/bus/envelope/byte-buffer.ts'
import { readEnvelope } from '../../../src/bus/envelope/read.ts'
import { EnvelopeWriter, envelopeOf } from '../../../src/bus/envelope/write.ts'
import { batchOf } from './batch.ts'

const JSON_HEADER = ['content-type', Buffer.from('application/json')] as const

function line(record: Partial<BusRecord>, at?: Parameters<typeof batchOf>[1]): string {
  const out = new ByteBuffer(8)
  new EnvelopeWriter().add(out, batchOf([record], at), 0)
  return out.view().toString()
}

/** The record as bytes, to compare with what was written. */
function bytesOf({ key, value, timestamp, headers }: OutRecord) {
  const buffer = (part: Buffer | string | null) => (part === null ? null : Buffer.from(part).toString('hex'))
  return { key: buffer(key), value: buffer(value), timestamp, headers: [...(headers ?? [])].map(([name, part]) => [name, buffer(part)]) }
}

describe('the record envelope', () => {
  it('is the documented line', () => {
    const record = {
      timestamp: 1_700_000_000_000,
      key: Buffer.from('leaf1'),
      headers: [JSON_HEADER, ['ce_id', Buffer.from('a"b')] as const],
      value: Buffer.from('{"metric":"cpu_load","value":1.0,"big":12345678901234567890}'),
    }
    expect(line(record, { topic: 'device_metrics', partition: 3, baseOffset: 12 })).to.equal(
      '{"topic":"device_metrics","partition":3,"offset":12,"timestamp":1700000000000,"key":"leaf1",' +
        '"headers":{"content-type":"application/json","ce_id":"a\\"b"},' +
        '"value":{"metric":"cpu_load","value":1.0,"big":12345678901234567890}}\n',
    )
  })

  const shown: Array<[what: string, record: Partial<BusRecord>, fields: object]> = [
    ['a tombstone', { value: null }, { value: null }],
    ['the text null, which is no tombstone', { value: Buffer.from('null') }, { valueBase64: 'bnVsbA==' }],
    ['an empty value', { value: Buffer.alloc(0) }, { valueBase64: '' }],
    ['a value that is not JSON', { value: Buffer.from('hello') }, { valueBase64: 'aGVsbG8=' }],
    ['JSON over several lines', { value: Buffer.from('{\n "a": 1\n}') }, { value: { a: 1 }, valueBase64: 'ewogImEiOiAxCn0=' }],
    ['a number', { value: Buffer.from('5') }, { value: 5 }],
    ['a key that is not UTF-8', { key: Buffer.from([0xff]), value: null }, { keyBase64: '/w==', value: null }],
    ['a header that is not UTF-8', { headers: [['h', Buffer.from([0xff])]] }, { headers: { h: { base64: '/w==' } } }],
    [
      'a repeated header',
      {
        headers: [
          ['h', Buffer.from('1')],
          ['h', Buffer.from('2')],
          ['i', Buffer.from('3')],
        ],
      },
      { headers: { h: ['1', '2'], i: '3' } },
    ],
    [
      'headers that an object would sort',
      {
        headers: [
          ['b', Buffer.from('1')],
          ['7', Buffer.from('2')],
        ],
      },
      {
        headers: [
          ['b', '1'],
          ['7', '2'],
        ],
      },
    ],
  ]
  for (const [what, record, fields] of shown) {
    it(`shows ${what}`, () => expect(JSON.parse(line(record))).to.deep.include(fields))
  }

  it('does not let a value that only claims to be JSON add fields to the line', () => {
    const value = Buffer.from('{"a":1},"topic":"other","value":{"b":2}')
    expect(JSON.parse(line({ headers: [JSON_HEADER], value }))).to.deep.include({ topic: 't', valueBase64: value.toString('base64') })
  })

  const text = fc.string({ unit: 'binary' })
  const anyBytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
  const json = fc.json({ maxDepth: 3, stringUnit: 'binary' })
  const value = fc.oneof(
    fc.constant(null),
    anyBytes,
    json.map((source) => Buffer.from(source)),
    json.map((source) => Buffer.from(JSON.stringify(JSON.parse(source), null, 2))),
    fc
      .constantFrom('null', ' 1', '1\n', '{"a": 1 , "b":[1.0,1e400]}', '"\\u2028 "', '\ufeff{}', '{"a":', '{}{}')
      .map((source) => Buffer.from(source)),
  )
  const header = fc.tuple(
    fc.oneof(fc.constantFrom('a', 'b', '1', '10', '__proto__', 'content-type'), text),
    fc.oneof(
      anyBytes,
      text.map((part) => Buffer.from(part)),
    ),
  )
  const record = fc.record({
    key: fc.oneof(
      fc.constant(null),
      anyBytes,
      text.map((part) => Buffer.from(part)),
    ),
    value,
    timestamp: fc.maxSafeNat(),
    headers: fc
      .array(header, { maxLength: 6 })
      .chain((headers) => fc.constantFrom<ReadonlyArray<readonly [string, Buffer]>>(headers, [JSON_HEADER, ...headers])),
  })

  it('law: read(write(record)) is the record, byte for byte, on one line', () => {
    fc.assert(
      fc.property(record, (original) => {
        // What Buffer does to a lone surrogate in a header name happened before the record was on the bus.
        const headers = original.headers.map(([name, part]) => [Buffer.from(name).toString(), part] as const)
        const written = line({ ...original, headers })
        expect(written.indexOf('\n')).to.equal(written.length - 1)
        const back = readEnvelope(written)
        expect(back).to.have.property('record')
        if ('record' in back) expect(bytesOf(back.record)).to.deep.equal(bytesOf({ ...original, headers }))
      }),
      { numRuns: 3_000 },
    )
  })

  it('law: a record that is on no bus yet reads back the same', () => {
    fc.assert(
      fc.property(record, (original) => {
        const back = readEnvelope(envelopeOf('t', original, 5))
        expect('record' in back && bytesOf(back.record)).to.deep.equal(bytesOf(original))
      }),
    )
  })

  it('keeps the text of an edited value, and drops the bytes it had', () => {
    expect(readEnvelope('{"key":"k","value": {"a": 2.50} ,"valueBase64":"eyJhIjoxfQ=="}')).to.deep.include({
      record: { key: 'k', value: '{"a": 2.50}', headers: [] },
    })
  })

  const refused: Array<[line: string, field: string, problem: RegExp]> = [
    ['nope', '', /not JSON: nope/],
    ['[1]', '', /JSON object/],
    ['"x"', '', /JSON object/],
    ['{"key":"k"}', 'value', /missing/],
    ['{"key":5,"value":1}', 'key', /text or null, got 5/],
    ['{"vlaue":1}', 'vlaue', /did you mean "value"/],
    ['{"metric":"cpu"}', 'metric', /--value-only/],
    ['{"value":1,"timestamp":"now"}', 'timestamp', /milliseconds/],
    ['{"value":1,"timestamp":1.5}', 'timestamp', /milliseconds/],
    ['{"value":1,"headers":{"a":5}}', 'headers.a', /text or/],
    ['{"value":1,"headers":[["a"]]}', 'headers', /pairs/],
    ['{"value":1,"headers":5}', 'headers', /object/],
    ['{"valueBase64":"?"}', 'valueBase64', /base64/],
    ['{"keyBase64":5,"value":1}', 'keyBase64', /base64/],
  ]
  for (const [source, field, problem] of refused) {
    it(`refuses ${source}, naming ${field || 'the line'}`, () => {
      const result = readEnvelope(source)
      expect(result).to.include({ field })
      expect('problem' in result && result.problem).to.match(problem)
    })
  }

  it('refuses a key that UTF-8 cannot hold', () => {
    expect(readEnvelope('{"key":"a\\ud800","value":1}')).to.include({ field: 'key' })
    expect(readEnvelope('{"key":"\\ud83d\\ude00","value":1}')).to.have.nested.property('record.key', '😀')
  })

  it('law: any text is a record or a problem, never a failure', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (source) => ['record', 'problem'].some((name) => name in readEnvelope(source))))
  })
})
