import { expect } from 'chai'
import { Share } from '../../../../src/collectors/gnmi/normalise/share.ts'

describe('a share told in parts', () => {
  it('needs any two of used, free and total', () => {
    for (const [first, second] of [
      [
        ['used', 3],
        ['total', 4],
      ],
      [
        ['used', 3],
        ['free', 1],
      ],
      [
        ['free', 1],
        ['total', 4],
      ],
    ] as const) {
      const share = new Share()
      share.take(first[0], first[1], 0)
      expect(share.settle()).to.be.NaN
      share.take(second[0], second[1], 1)
      expect(share.settle()).to.equal(0.75)
      expect(share.settle()).to.be.NaN
    }
  })

  it('is told again with each used, from the total as it was last', () => {
    const share = new Share()
    share.take('total', 4, 0)
    share.take('used', 1, 0)
    expect(share.settle()).to.equal(0.25)
    share.take('free', 3, 1)
    expect(share.settle()).to.be.NaN
    share.take('used', 2, 2)
    expect(share.settle()).to.equal(0.5)
    share.take('used', 3, 1)
    expect(share.settle()).to.be.NaN
  })

  it('of nothing is not told', () => {
    const share = new Share()
    share.take('used', 0, 0)
    share.take('total', 0, 0)
    expect(share.settle()).to.be.NaN
    share.take('free', 0, 0)
    expect(share.settle()).to.be.NaN
  })
})
