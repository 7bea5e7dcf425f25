import { expect } from 'chai'
import fc from 'fast-check'
import { roundTo, roundToDigits } from '../../src/base/round.ts'

describe('rounding', () => {
  it('takes halves away from zero by the digits that a number is written with', () => {
    expect(roundTo(0.35, 1)).to.equal(0.4)
    expect(roundTo(1.005, 2)).to.equal(1.01)
    expect(roundTo(-2.5, 0)).to.equal(-3)
    expect(roundTo(1250, -2)).to.equal(1300)
    expect(roundTo(1e-9, 3)).to.equal(0)
    expect(roundTo(1.5e300, 2)).to.equal(1.5e300)
    expect(roundTo(Number.NaN, 2)).to.be.NaN
  })

  it('keeps so many digits that count', () => {
    expect(roundToDigits(0.0001234567, 4)).to.equal(0.0001235)
    expect(roundToDigits(12_345.678, 4)).to.equal(12_350)
    expect(roundToDigits(-0.99996, 4)).to.equal(-1)
    expect(roundToDigits(0, 4)).to.equal(0)
  })

  it('is near, the same for both signs, and does nothing twice', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 6 }), (x, digits) => {
        const rounded = roundTo(x, digits)
        expect(Math.abs(rounded - x)).to.be.at.most(0.5000001 * 10 ** -digits + Math.abs(x) * 1e-15)
        expect(roundTo(-x, digits)).to.equal(-rounded)
        expect(roundTo(rounded, digits)).to.equal(rounded)
      }),
    )
  })
})
