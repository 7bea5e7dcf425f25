import { expect } from 'chai'
import fc from 'fast-check'
import { READING, Reading } from '../../../../src/collectors/gnmi/normalise/reading.ts'
import { uint64Text } from '../../../../src/collectors/gnmi/wire/int64.ts'
import { json, message } from './support/messages.ts'
import { responseOf } from './support/notifications.ts'

function readingOf(value: unknown): Reading {
  const reading = new Reading()
  const [slot] = responseOf(message(1, { '/a': value })).updates
  if (slot) reading.ofSlot(slot)
  return reading
}

describe('a reading', () => {
  it('is the same 64-bit integer, whichever way it was encoded', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const digits = String(value)
        for (const encoded of [
          { uint_val: digits },
          { string_val: digits },
          { ascii_val: digits },
          json(`"${digits}"`),
          json(digits),
          json(` ${digits}\n`),
        ]) {
          const { kind, lo, hi, number } = readingOf(encoded)
          expect([kind, uint64Text(lo, hi), number]).to.deep.equal([READING.COUNT, digits, Number(value)])
        }
      }),
    )
  })

  it('is a number, with sign or point', () => {
    const numbers: Array<[unknown, number]> = [
      [{ int_val: '-5' }, -5],
      [{ double_val: 12.5 }, 12.5],
      [{ float_val: 0.1 }, 0.1],
      [{ decimal_val: { digits: '-1234', precision: 2 } }, -12.34],
      [{ string_val: '-0.25' }, -0.25],
      [json('"1.5e3"'), 1500],
      [json('74.0'), 74],
      [{ bytes_val: Buffer.from([0x42, 0x28, 0, 0]).toString('base64') }, 42],
    ]
    for (const [value, number] of numbers) expect(readingOf(value), JSON.stringify(value)).to.include({ kind: READING.NUMBER, number })
  })

  it('is text, with its escapes resolved', () => {
    const texts: Array<[unknown, string]> = [
      ['UP', 'UP'],
      ['', ''],
      ['12 day(s)', '12 day(s)'],
      ['18446744073709551616', '18446744073709551616'],
      [json('"im-state-up"'), 'im-state-up'],
      [json('"a\\u0062\\n"'), 'ab\n'],
      [{ bool_val: true }, 'true'],
      [json('false'), 'false'],
    ]
    for (const [value, text] of texts) {
      const reading = readingOf(value)
      expect(reading.kind === READING.NUMBER ? String(reading.number) : reading.text, JSON.stringify(value)).to.equal(
        text.startsWith('1844') ? '18446744073709552000' : text,
      )
    }
  })

  it('is nothing, where no scalar is', () => {
    const nothing = [
      {},
      json('null'),
      json('[null]'),
      json('{}'),
      json('nonsense'),
      ...['"', '"up', '"\\q"', '"\\', '"\\"', '"\\u12"', '"u"p"', '"u\np"'].map(json),
      { double_val: 'NaN' },
      { leaflist_val: {} },
      { proto_bytes: 'AAAA' },
    ]
    for (const value of nothing) expect(readingOf(value).kind, JSON.stringify(value)).to.equal(READING.NONE)
  })
})
