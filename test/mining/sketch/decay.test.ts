import { expect } from 'chai'
import { Decay } from '../../../src/mining/sketch/decay.ts'

describe('forward decay', () => {
  it('halves with the half-life, over any time', () => {
    const decay = new Decay(1_000)
    let stored = 0
    for (let t = 0; t <= 5_000_000; t += 1_000) {
      stored *= decay.rescaleFor(t)
      stored += decay.weight(t)
    }
    // 1 + 1/2 + 1/4 + … as of the last.
    expect(stored / decay.weight(5_000_000)).to.be.closeTo(2, 1e-12)
  })

  it('weighs all the same without a half-life', () => {
    const decay = new Decay(undefined)
    expect([decay.rescaleFor(1e12), decay.weight(1e12), decay.weight(0)]).to.deep.equal([1, 1, 1])
  })
})
