import { expect } from 'chai'
import fc from 'fast-check'
import { Distribution } from '../../../src/mining/predict/distribution.ts'
import { BINS, binOf, secondsOf } from '../../../src/mining/predict/time-bins.ts'

const seconds = fc.double({ min: 1, max: 9e8, noNaN: true })
const of = (values: readonly number[]) => {
  const distribution = new Distribution()
  for (const value of values) distribution.add(binOf(value), 1)
  return distribution
}

describe('mining/predict distribution of durations', () => {
  it('keeps a duration to 0.7 %, and what is none as 0', () => {
    fc.assert(fc.property(seconds, (value) => Math.abs(secondsOf(binOf(value)) / value - 1) < 0.007))
    for (const value of [0, 0.4, -5, Number.NaN]) expect(secondsOf(binOf(value))).to.equal(0)
    expect(binOf(1e12)).to.equal(BINS - 1)
  })

  it('gives the quantiles of what was added', () => {
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1, maxLength: 60 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b)
        const place = Math.max(0, Math.ceil(q * values.length - 1e-9) - 1)
        const [low, high] = [sorted[place] as number, sorted[Math.min(place + 1, values.length - 1)] as number]
        const found = of(values).quantile(q)
        expect(found).to.be.within(low * 0.99, high * 1.01)
      }),
    )
  })

  it('takes the middle of the two where the half ends between them', () => {
    expect(of([100, 300]).quantile(0.5)).to.be.closeTo(200, 2)
    expect(new Distribution().quantile(0.5)).to.be.NaN
  })

  it('tells the share above a duration, falling from 1 to 0', () => {
    const distribution = of([10, 100, 1_000, 10_000])
    expect([1, 50, 500, 5_000, 50_000].map((at) => distribution.above(at))).to.deep.equal([1, 0.75, 0.5, 0.25, 0])
    expect(distribution.above(-1)).to.equal(1)
  })

  it('knows what is left once somebody waited', () => {
    const rest = new Distribution()
    of([10, 100, 1_000]).beyond(90, rest)
    expect(rest.total).to.equal(2)
    expect(rest.quantile(0.1)).to.be.closeTo(10, 1.5)
    expect(rest.quantile(0.9)).to.be.closeTo(910, 15)
    of([10]).beyond(20, rest)
    expect(rest.total).to.equal(0)
  })

  it('is empty again after clear, and the same after save and load', () => {
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1 }), (values) => {
        const distribution = of(values)
        const loaded = new Distribution()
        loaded.add(3, 8)
        loaded.load(JSON.parse(JSON.stringify(distribution.save())))
        expect(loaded.quantile(0.3)).to.equal(distribution.quantile(0.3))
        expect(loaded.total).to.equal(distribution.total)
        distribution.clear()
        expect(distribution.total).to.equal(0)
      }),
    )
  })
})
