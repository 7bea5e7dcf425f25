import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import type { FieldType, JsonField, JsonOptions } from '../../../src/query/json/field.ts'
import type { RowValue } from '../../../src/query/json/rows.ts'
import { read } from './support/scan.ts'

const BAD = 'bad field'
const BROKEN = 'bad record'

/** What Flink 2.2's json format makes of a JSON value, by type. */
const CASES: Array<[type: FieldType, json: string, value: RowValue, more?: Partial<JsonField>]> = [
  ['INT', '12', 12],
  ['INT', '"12"', 12],
  ['INT', '" +12 "', 12],
  ['INT', '-0', 0],
  ['INT', '12.9', 12],
  ['INT', '-12.9', -12],
  ['INT', '1e3', 1_000],
  ['INT', '"12.0"', BAD],
  ['INT', '""', BAD],
  ['INT', 'true', BAD],
  ['INT', '{}', BAD],
  ['INT', '[1]', BAD],
  ['INT', 'null', null],
  ['INT', '2147483647', 2_147_483_647],
  ['INT', '2147483648', BAD],
  ['INT', '-2147483648', -2_147_483_648],
  ['INT', '-2147483649', BAD],
  ['INT', '2147483647.5', BAD],
  ['INT', '12345678901234567890', BAD],
  ['INT', '1e999', BAD],
  ['INT', '01', BROKEN],
  ['INT', '-', BROKEN],
  ['INT', '+1', BROKEN],
  ['INT', '1.', BROKEN],
  ['INT', '.5', BROKEN],
  ['INT', '1e', BROKEN],
  ['INT', 'nul', BROKEN],
  ['INT', 'NaN', BROKEN],
  ['TINYINT', '127', 127],
  ['TINYINT', '128', BAD],
  ['TINYINT', '-128', -128],
  ['TINYINT', '1.0', BAD],
  ['SMALLINT', '-32768', -32_768],
  ['SMALLINT', '32768', BAD],
  ['SMALLINT', '"7"', 7],
  ['BIGINT', '9007199254740991', 9_007_199_254_740_991],
  ['BIGINT', '9007199254740993', 9_007_199_254_740_993n],
  ['BIGINT', '"9007199254740993"', 9_007_199_254_740_993n],
  ['BIGINT', '9223372036854775807', 9_223_372_036_854_775_807n],
  ['BIGINT', '9223372036854775808', BAD],
  ['BIGINT', '-9223372036854775808', -9_223_372_036_854_775_808n],
  ['BIGINT', '-9223372036854775809', BAD],
  ['BIGINT', '9223372036854775808.0', 9_223_372_036_854_775_807n],
  ['BIGINT', '1.5e18', 1_500_000_000_000_000_000n],
  ['BIGINT', '-1.9', -1],
  ['DOUBLE', '0.1', 0.1],
  ['DOUBLE', '-0', -0],
  ['DOUBLE', '-0.0', -0],
  ['DOUBLE', '1E400', Number.POSITIVE_INFINITY],
  ['DOUBLE', '4.9e-324', 5e-324],
  ['DOUBLE', '9007199254740993', 9_007_199_254_740_992],
  ['DOUBLE', '0.30000000000000004', 0.30000000000000004],
  ['DOUBLE', '"NaN"', Number.NaN],
  ['DOUBLE', '"-Infinity"', Number.NEGATIVE_INFINITY],
  ['DOUBLE', '" 1.5e3d "', 1_500],
  ['DOUBLE', '".5"', 0.5],
  ['DOUBLE', '"5."', 5],
  ['DOUBLE', '"1,5"', BAD],
  ['DOUBLE', '"infinity"', BAD],
  ['DOUBLE', 'false', BAD],
  ['DOUBLE', '00.1', BROKEN],
  ['FLOAT', '0.1', Math.fround(0.1)],
  ['FLOAT', '1e39', Number.POSITIVE_INFINITY],
  ['FLOAT', '"3.5f"', 3.5],
  // Halfway between two floats as a double, a little above as a decimal: rounding twice would give 1.
  ['FLOAT', '1.00000005960464477539062500000000000001', 1 + 2 ** -23],
  ['FLOAT', '1.000000059604644775390625', 1],
  ['FLOAT', '-1.00000005960464477539062500000000000001', -1 - 2 ** -23],
  ['FLOAT', '340282356779733661637539395458142568447', 2 ** 128 - 2 ** 104],
  ['FLOAT', '340282356779733661637539395458142568448', Number.POSITIVE_INFINITY],
  ['BOOLEAN', 'true', true],
  ['BOOLEAN', 'false', false],
  ['BOOLEAN', '" TRUE "', true],
  ['BOOLEAN', '"yes"', false],
  ['BOOLEAN', '1', false],
  ['BOOLEAN', '[]', BAD],
  ['BOOLEAN', 'tru', BROKEN],
  ['DECIMAL', '12.345', 1_235, { precision: 10, scale: 2 }],
  ['DECIMAL', '-12.345', -1_235, { precision: 10, scale: 2 }],
  ['DECIMAL', '12.344999', 1_234, { precision: 10, scale: 2 }],
  ['DECIMAL', '"12.3"', 1_230, { precision: 10, scale: 2 }],
  ['DECIMAL', '".5"', 50, { precision: 10, scale: 2 }],
  ['DECIMAL', '0.004', 0, { precision: 10, scale: 2 }],
  ['DECIMAL', '0.0005', 0, { precision: 10, scale: 2 }],
  ['DECIMAL', '0.05', 1, { precision: 10, scale: 1 }],
  ['DECIMAL', '999.995', null, { precision: 5, scale: 2 }],
  ['DECIMAL', '1000', null, { precision: 5, scale: 2 }],
  ['DECIMAL', '1e1000000000', BAD, { precision: 5, scale: 2 }],
  ['DECIMAL', '1e-1000000000', BAD, { precision: 5, scale: 2 }],
  ['DECIMAL', '1.5e3', 150_000, { precision: 10, scale: 2 }],
  ['DECIMAL', '-0', 0, { precision: 10, scale: 2 }],
  ['DECIMAL', '"1e"', BAD, { precision: 10, scale: 2 }],
  ['DECIMAL', 'true', BAD, { precision: 10, scale: 2 }],
  ['DECIMAL', '99999999999999999999999999999999999.995', 10n ** 37n, { precision: 38, scale: 2 }],
  ['DECIMAL', '12345678901234567890.12', 1_234_567_890_123_456_789_012n, { precision: 38, scale: 2 }],
  ['STRING', '"text"', 'text'],
  ['STRING', '""', ''],
  ['STRING', '"grüße 💶"', 'grüße 💶'],
  ['STRING', '"\\u00e9\\ud83d\\udcb6\\n\\/\\"\\\\"', 'é💶\n/"\\'],
  ['STRING', '"\\ud83d"', '?'],
  ['STRING', '"\\x"', BROKEN],
  ['STRING', '"\\u00g0"', BROKEN],
  ['STRING', '"tab\there"', 'tab\there'],
  ['STRING', '1.50e2', '1.50e2'],
  ['STRING', '-0', '-0'],
  ['STRING', 'true', 'true'],
  ['STRING', 'null', null],
  ['STRING', '"null"', 'null'],
  [
    'STRING',
    '{ "b" : [ 1 , 2.50, -0, -0.0, 1e10, 1e-5 ], "c": "\\u0001\\/é", "b2": null }',
    '{"b":[1,2.5,0,-0.0,1.0E10,1.0E-5],"c":"\\u0001/é","b2":null}',
  ],
  ['STRING', '{"b":1,"c":2,"b":3}', '{"b":3,"c":2}'],
  ['STRING', '[ ]', '[]'],
  ['STRING', '[1,]', BROKEN],
  ['STRING', '{"b":}', BROKEN],
  ['STRING', '{"b":1]', BROKEN],
  ['RAW_JSON', '{ "b" : [ 1 ] }', '{ "b" : [ 1 ] }'],
  ['RAW_JSON', '"x"', '"x"'],
  ['RAW_JSON', 'null', null],
  ['DATE', '"1970-01-02"', 1],
  ['DATE', '"2024-02-30"', BAD],
  ['DATE', '20240101', BAD],
  ['TIME', '"10:20:30.5"', 37_230_000],
  ['TIME', '"10:20"', BAD],
  ['TIMESTAMP', '"2026-03-31 14:02:11.263"', Date.UTC(2026, 2, 31, 14, 2, 11, 263)],
  ['TIMESTAMP', '"2026-03-31T14:02:11.263"', BAD],
  ['TIMESTAMP', '1774965731263', BAD],
  ['TIMESTAMP_LTZ', '"2026-03-31 14:02:11.263Z"', Date.UTC(2026, 2, 31, 14, 2, 11, 263)],
  ['TIMESTAMP_LTZ', '"2026-03-31 14:02:11.263"', BAD],
  ['TIMESTAMP', '"\\u0032026-03-31 14:02:11"', Date.UTC(2026, 2, 31, 14, 2, 11)],
]

/** Where we differ from Flink: on purpose, and always by refusing what it takes. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['BOOLEAN []', 'Flink sees the bracket alone, which is not `true`, and loses its place in the record'],
  ['BYTES "aGVsbG8=aGVs"', 'Flink goes on behind the padding'],
  ['BYTES "aGV=bG8="', 'Flink goes on behind the padding'],
  ['DOUBLE "0x1p3"', 'the hexadecimal form of Java'],
])
/** Flink on a JDK before 19 prints some doubles with a digit more. */
const OTHER_DIGITS = '1.9999999999999998E23'

const ISO: JsonOptions = { timestampFormat: 'ISO-8601' }

/** A value as the recording has it. */
function inJava(type: string, value: unknown): unknown {
  if (value === null) return 'null'
  if (value instanceof Buffer) return value.toString('base64')
  return type === 'DOUBLE' || type === 'FLOAT' ? value : String(value)
}

function inNode(type: string, answer: string): unknown {
  if (answer === 'null') return answer
  if (type === 'DOUBLE') return Number(answer)
  if (type === 'FLOAT') return Math.fround(Number(answer))
  if (type.startsWith('TIMESTAMP')) return answer.split('.')[0]
  return answer.replaceAll('<NL>', '\n').replaceAll(OTHER_DIGITS, '2.0E23')
}

describe('a JSON value', () => {
  for (const [type, json, value, more] of CASES) {
    it(`${json} as ${type} is ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`, () => {
      expect(read(json, type, more)).to.deep.equal(value)
    })
  }

  it('is what Flink 2.2.1 makes of it: its own answers, recorded', () => {
    const lines = readFileSync(new URL('fixtures/flink-json.tsv', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n')
    for (const line of lines) {
      const [type = '', precision, scale, json = '', answer = ''] = line.split('\t')
      const text = json.replaceAll('<TAB>', '\t')
      const got = read(text, type as FieldType, { precision: Number(precision), scale: Number(scale) })
      if (REFUSED.has(`${type} ${json}`)) expect(got, line).to.equal(BAD)
      else if (answer.startsWith('bad')) expect(got, line).to.be.oneOf([BAD, BROKEN])
      else expect(inJava(type, got), line).to.deep.equal(inNode(type, line.split('\t').slice(4).join('\t')))
    }
    expect(lines.length).to.be.greaterThan(1_500)
  })

  it('that is base64 is bytes', () => {
    expect(read('"aGVs bG8="', 'BYTES')).to.deep.equal(Buffer.from('hello'))
    expect(read('""', 'BYTES')).to.deep.equal(Buffer.alloc(0))
    for (const json of ['"aGVsbG8"', '"aGVs*G8="', 'true', '1234', '"===="', '[]']) expect(read(json, 'BYTES'), json).to.equal(BAD)
  })

  it('that is a time is what java.time makes of it with the formats of Flink', () => {
    const lines = readFileSync(new URL('fixtures/java-time.tsv', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n')
    const kinds: Readonly<Record<string, [FieldType, JsonOptions]>> = {
      DATE: ['DATE', {}],
      TIME: ['TIME', {}],
      SQL: ['TIMESTAMP', {}],
      SQLLTZ: ['TIMESTAMP_LTZ', {}],
      ISO: ['TIMESTAMP', ISO],
      ISOLTZ: ['TIMESTAMP_LTZ', ISO],
    }
    for (const line of lines) {
      const [kind = '', text = '', answer = ''] = line.split('\t')
      const [type, options] = kinds[kind] as [FieldType, JsonOptions]
      const got = read(JSON.stringify(text), type, {}, options)
      const [seconds = '', nanos = '0'] = answer.split('.')
      let expected: number | string = Number(seconds)
      if (answer === 'bad') expected = BAD
      else if (kind === 'TIME') expected -= expected % 1_000
      else if (kind.startsWith('SQL') || kind.startsWith('ISO')) expected = Number(seconds) * 1_000 + Math.floor(Number(nanos) / 1e6)
      // A point in time that no Date can be is refused.
      if (type.startsWith('TIMESTAMP') && Math.abs(Number(expected)) > 8.64e15) expected = BAD
      expect(got, line).to.equal(expected)
    }
    expect(lines.length).to.be.greaterThan(150)
  })

  it('that is a double is the nearest one, however it is written', () => {
    const digits = (max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: max })
    const number = fc
      .tuple(fc.boolean(), digits(20), fc.option(digits(22)), fc.option(fc.integer({ min: -330, max: 330 })))
      .map(([minus, whole, fraction, exponent]) => {
        const plain = whole.replace(/^0+(?=\d)/, '')
        return `${minus ? '-' : ''}${plain}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `E${exponent}`}`
      })
    fc.assert(
      fc.property(number, (text) => {
        expect(read(text, 'DOUBLE')).to.satisfy((value: number) => Object.is(value, Number(text)))
        expect(read(`"${text}"`, 'DOUBLE')).to.satisfy((value: number) => Object.is(value, Number(text)))
      }),
      { numRuns: 2_000 },
    )
  })

  it('that is a double survives being printed', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        // JSON.stringify makes 0 of -0.
        const text = Object.is(value, -0) ? '-0' : JSON.stringify(value)
        expect(read(text, 'DOUBLE')).to.satisfy((again: number) => Object.is(again, value))
      }),
      { numRuns: 2_000 },
    )
  })

  it('that is an integer is exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.nat(64), (wide, shift) => {
        const value = wide >> BigInt(shift)
        const fits = value >= -(2n ** 63n) && value < 2n ** 63n
        const safe = Number.isSafeInteger(Number(value)) ? Number(value) : value
        expect(read(String(value), 'BIGINT')).to.equal(fits ? safe : BAD)
        expect(read(`"${value}"`, 'BIGINT')).to.equal(fits ? safe : BAD)
        expect(read(String(value), 'INT')).to.equal(BigInt.asIntN(32, value) === value ? Number(value) : BAD)
      }),
      { numRuns: 2_000 },
    )
  })

  it('that is a decimal is rounded as by hand', () => {
    const number = fc.tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat(24), fc.integer({ min: 1, max: 38 }), fc.nat(38))
    fc.assert(
      fc.property(number, ([unscaled, places, precision, wanted]) => {
        const scale = wanted % (precision + 1)
        const size = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(places + 1, '0')
        const text = `${unscaled < 0n ? '-' : ''}${size.slice(0, size.length - places)}${places ? `.${size.slice(-places)}` : ''}`
        const power = 10n ** BigInt(places)
        const magnitude = (2n * BigInt(size) * 10n ** BigInt(scale) + power) / (2n * power)
        const exact = unscaled < 0n ? -magnitude : magnitude
        const safe = Number.isSafeInteger(Number(exact)) ? Number(exact) : exact
        const expected = magnitude < 10n ** BigInt(precision) ? safe : null
        expect(read(text, 'DECIMAL', { precision, scale }), text).to.equal(expected)
        expect(read(`"${text}"`, 'DECIMAL', { precision, scale }), text).to.equal(expected)
      }),
      { numRuns: 2_000 },
    )
  })
})
