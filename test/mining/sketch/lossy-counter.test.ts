import { expect } from 'chai'
import fc from 'fast-check'
import { LossyCounter } from '../../../src/mining/sketch/lossy-counter.ts'

describe('lossy counting', () => {
  it('is never too high, and too low by at most N/width; what is more frequent than that is there', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 500 }), fc.integer({ min: 2, max: 40 }), (keys, width) => {
        const counter = new LossyCounter<number, null>(width, () => null)
        const exact = new Map<number, number>()
        for (const key of keys) {
          counter.add(key)
          exact.set(key, (exact.get(key) ?? 0) + 1)
        }
        expect(counter.errorAtMost).to.equal(Math.floor(keys.length / width))
        for (const [key, count] of exact) {
          const found = counter.get(key)
          if (count > counter.errorAtMost) expect(found).not.to.equal(undefined)
          if (!found) continue
          expect(found.count).to.be.at.most(count)
          expect(found.count + found.missed).to.be.at.least(count)
          expect(found.missed).to.be.at.most(counter.errorAtMost)
        }
      }),
    )
  })

  it('keeps few keys of a stream of keys that never come again', () => {
    const counter = new LossyCounter<number, null>(1_000, () => null)
    for (let i = 0; i < 200_000; i++) counter.add(i % 10 === 0 ? 7 : 1_000 + i)
    expect(counter.size).to.be.below(1_001)
    expect(counter.get(7)?.count).to.equal(20_000)
  })
})
