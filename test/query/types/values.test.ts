import { expect } from 'chai'
import fc from 'fast-check'
import { localToUtc, type TimeZone, timeZone, utcToLocal } from '../../../src/base/time-zone.ts'
import { addMonths, civilOf, dayOfYear, daysOf, isoDayOfWeek, MS_PER_DAY } from '../../../src/query/types/calendar.ts'
import { compareText } from '../../../src/query/types/compare-value.ts'
import { decimalAdd, decimalDivide, decimalMultiply, decimalText, parseDecimal, rescale } from '../../../src/query/types/decimal-value.ts'
import { doubleText, floatText, strippedDecimalText } from '../../../src/query/types/number-text.ts'
import { parseTimestamp, timestampText } from '../../../src/query/types/time-text.ts'
import { add64, multiply64, wide, wrap64 } from '../../../src/query/types/wide-integer.ts'

describe('query/types, values', () => {
  it('the calendar is that of Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (days) => {
        const date = new Date(days * MS_PER_DAY)
        const { year, month, day } = civilOf(days)
        expect([year, month, day]).deep.equal([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()])
        expect(daysOf(year, month, day)).equal(days)
        expect(isoDayOfWeek(days) % 7).equal(date.getUTCDay())
        expect(dayOfYear(days)).equal(days - new Date(0).setUTCFullYear(year, 0, 1) / MS_PER_DAY + 1)
      }),
    )
  })

  it('adding months keeps the day, or takes the last of the month', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), fc.integer({ min: -500, max: 500 }), (days, months) => {
        const from = civilOf(days)
        const to = civilOf(addMonths(days, months))
        expect(to.year * 12 + to.month).equal(from.year * 12 + from.month + months)
        expect(to.day).at.most(from.day)
        if (to.day < from.day) expect(civilOf(addMonths(days, months) + 1).day).equal(1)
      }),
    )
  })

  it('BIGINT wraps at 64 bits and is a number whenever it can be', () => {
    const any = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(add64(wide(a), wide(b))).equal(wrap64(a + b))
        expect(multiply64(wide(a), wide(b))).equal(wrap64(a * b))
        expect(typeof wide(a) === 'number').equal(a >= -(2n ** 53n - 1n) && a <= 2n ** 53n - 1n)
      }),
    )
  })

  it('DECIMAL sums, products and texts are exact', () => {
    const unscaled = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n })
    fc.assert(
      fc.property(unscaled, unscaled, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), (a, b, s1, s2) => {
        const scale = Math.max(s1, s2)
        const sum = a * 10n ** BigInt(scale - s1) + b * 10n ** BigInt(scale - s2)
        expect(decimalAdd(wide(a), s1, wide(b), s2, 38, scale)).equal(wide(sum))
        expect(decimalMultiply(wide(a), s1, wide(b), s2, 38, s1 + s2)).equal(wide(a * b))
        expect(parseDecimal(decimalText(wide(a), s1), 38, s1)).equal(wide(a))
      }),
    )
  })

  it('DECIMAL rounds half away from zero, and is null beyond its digits', () => {
    expect([rescale(25, 1, 0), rescale(-25, 1, 0), rescale(24, 1, 0)]).deep.equal([3, -3, 2])
    expect(decimalAdd(99, 0, 1, 0, 2, 0)).equal(null)
    expect(decimalDivide(2, 0, 3, 0, 17, 6)).equal(666667)
    expect(decimalDivide(-1, 0, 3, 0, 38, 37)).equal(-3333333333333333333333333333333333333n)
  })

  it('division is the exact quotient, rounded once', () => {
    const operand = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })
    fc.assert(
      fc.property(
        operand,
        operand.filter((b) => b !== 0n),
        (a, b) => {
          const [n, d] = b < 0n ? [-a, -b] : [a, b]
          const twice = (n < 0n ? -n : n) * 2_000_000n + d
          const rounded = twice / (2n * d)
          expect(decimalDivide(wide(a), 2, wide(b), 2, 38, 6)).equal(wide(n < 0n ? -rounded : rounded))
        },
      ),
    )
  })

  it('text of a double reads back as that double, in the form of Java', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => Object.is(Number(doubleText(value)), value)))
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => Object.is(Math.fround(Number(floatText(value))), value)),
    )
    const texts = [1, 0.001, 0.0009, 1e7, 9_999_999, 123456789.125, 4.9e-324, 2 ** 62, 1e21, -1.5e-10].map(doubleText)
    expect(texts).deep.equal([
      '1.0',
      '0.001',
      '9.0E-4',
      '1.0E7',
      '9999999.0',
      '1.23456789125E8',
      '4.9E-324',
      '4.6116860184273879E18',
      '1.0E21',
      '-1.5E-10',
    ])
  })

  it('the gateway writes a DECIMAL without trailing zeros', () => {
    const texts = [
      strippedDecimalText(10000, 2),
      strippedDecimalText(1, 7),
      strippedDecimalText(150, 2),
      strippedDecimalText(0, 3),
      strippedDecimalText(-1200, 0),
    ]
    expect(texts).deep.equal(['1E+2', '1E-7', '1.5', '0', '-1.2E+3'])
  })

  it('text is ordered by its UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(fc.property(text, text, (a, b) => Math.sign(compareText(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b))))
    expect(compareText('\uffff', '😀')).below(0)
  })

  // A double of milliseconds holds microseconds up to 2^43 ms: from 1691 to 2248.
  it('timestamps keep microseconds through text', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8_790_000_000, max: 8_790_000_000 }), fc.integer({ min: 0, max: 999_999 }), (seconds, micros) => {
        const text = timestampText(seconds * 1000 + micros / 1000, 6)
        expect(text.slice(-6)).equal(String(micros).padStart(6, '0'))
        expect(timestampText(parseTimestamp(text) as number, 6)).equal(text)
      }),
    )
  })

  it('local times and instants agree outside of gaps', () => {
    const zones = ['Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata', 'UTC', 'GMT+05:30'].map((name) => timeZone(name) as TimeZone)
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 4_000_000_000 }), (zone, seconds) => {
        const utc = seconds * 1000
        const back = localToUtc(utcToLocal(utc, zone), zone)
        // A time that the clock shows twice may come back as the earlier one.
        expect([0, 3_600_000]).include(utc - back)
      }),
    )
    const berlin = timeZone('Europe/Berlin') as TimeZone
    expect(localToUtc(Date.UTC(2026, 2, 29, 2, 30), berlin)).equal(Date.UTC(2026, 2, 29, 1, 30))
    expect(localToUtc(Date.UTC(2026, 9, 25, 2, 30), berlin)).equal(Date.UTC(2026, 9, 25, 0, 30))
    expect(timeZone('Nowhere/Land')).equal(undefined)
  })
})
