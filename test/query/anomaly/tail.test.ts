import { expect } from 'chai'
import fc from 'fast-check'
import { Tail } from '../../../src/query/anomaly/tail.ts'

describe('tail calibration', () => {
  it('gives of uniform sizes the tail probability itself', () => {
    const tail = new Tail()
    for (let i = 0; i < 20_000; i++) tail.step(((i * 7919) % 9973) / 9973)
    for (const share of [0.5, 0.9, 0.99]) {
      expect(Tail.load(tail.save()).step(share)).to.be.closeTo(-Math.log10(1 - share), 0.1)
      expect(tail.quantile(share)).to.be.closeTo(share, 0.02)
    }
  })

  it('does not fall as sizes rise, beyond the greatest too, and ends at 12', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 30, maxLength: 200 }), (sizes) => {
        const tail = new Tail()
        for (const size of sizes) tail.step(size)
        const saved = tail.save()
        const rarities = [0, 1e-3, 1, 10, 1e3, 1e6, 1e7, 1e9, 1e12].map((size) => Tail.load(saved).step(size))
        for (const [i, rarity] of rarities.entries()) expect(rarity).to.be.within(i === 0 ? 0 : (rarities[i - 1] as number) - 1e-9, 12)
      }),
    )
  })
})
