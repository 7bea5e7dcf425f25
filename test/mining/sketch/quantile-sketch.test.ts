import { expect } from 'chai'
import fc from 'fast-check'
import { QuantileSketch } from '../../../src/mining/sketch/quantile-sketch.ts'

describe('the quantile sketch', () => {
  const values = fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 300 })

  it('tells every quantile to within 1 % of the value at that rank', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, q) => {
        const sketch = new QuantileSketch()
        for (const value of all) sketch.add(value)
        const exact = [...all].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * all.length) - 1)] as number
        expect(sketch.quantile(q)).to.be.closeTo(exact, exact * 0.0101)
      }),
    )
  })

  it('knows no order: the same values in another order, the same quantiles', () => {
    fc.assert(
      fc.property(values, (all) => {
        const [a, b] = [new QuantileSketch(), new QuantileSketch()]
        for (const value of all) a.add(value)
        for (const value of [...all].reverse()) b.add(value)
        expect(a.quantiles([0.1, 0.5, 0.9])).to.deep.equal(b.quantiles([0.1, 0.5, 0.9]))
      }),
    )
  })

  it('goes on from its state, and has a bounded number of buckets', () => {
    const sketch = new QuantileSketch()
    for (let i = 0; i < 100_000; i++) sketch.add((i * 7919 * 104_729) % 1e12, 2)
    expect(sketch.save().buckets.length).to.be.below(1_500)
    const again = QuantileSketch.load(JSON.parse(JSON.stringify(sketch.save())))
    expect(again.save()).to.deep.equal(sketch.save())
    expect(again.quantile(0.9)).to.equal(sketch.quantile(0.9))
  })

  it('weighs', () => {
    const sketch = new QuantileSketch()
    sketch.add(100, 3)
    sketch.add(10_000, 1)
    expect(sketch.quantile(0.75)).to.be.closeTo(100, 1)
    expect(sketch.mean).to.equal((300 + 10_000) / 4)
    sketch.scale(2 ** -10)
    expect(sketch.quantile(0.76)).to.be.closeTo(10_000, 100)
    expect(new QuantileSketch().quantile(0.5)).to.be.NaN
  })
})
