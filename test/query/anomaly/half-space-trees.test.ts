import { expect } from 'chai'
import { HalfSpaceForest } from '../../../src/query/anomaly/half-space-trees.ts'

/** Two values that go together; what comes at `odd` has each in its usual range, but not together. */
function row(i: number, odd: number): number[] {
  const x = 10 * Math.sin(i / 9) + ((i * 7919) % 101) / 101
  const y = x + ((i * 104_729) % 97) / 97
  return i === odd ? [9, -9] : [x, y]
}

describe('half-space trees', () => {
  it('find a pair of values that are usual alone and new together', () => {
    const forest = new HalfSpaceForest(2)
    const scores = Array.from({ length: 2000 }, (_, i) => forest.step(row(i, 1500)).score)
    const before = scores.slice(1000, 1500)
    expect(scores[1500]).to.be.above(Math.max(...before))
    expect(scores[1500]).to.be.above(0.98)
  })

  it('go on from what was saved as JSON', () => {
    const first = new HalfSpaceForest(2)
    for (let i = 0; i < 700; i++) first.step(row(i, -1))
    const second = new HalfSpaceForest(2)
    second.load(JSON.parse(JSON.stringify(first.save())))
    for (let i = 700; i < 1100; i++) expect(second.step(row(i, 900))).to.deep.equal(first.step(row(i, 900)))
  })
})
