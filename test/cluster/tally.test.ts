import { expect } from 'chai'
import { isRight, Tally } from './tally.ts'

/** Two partitions; key a has the numbers 1 and 3, b has 2; the first second is over in both. */
function inputs(): Tally {
  const tally = new Tally(2)
  tally.input(0, 'a', 1, 1_100)
  tally.input(1, 'b', 2, 1_900)
  tally.input(0, 'a', 3, 2_000)
  tally.input(1, 'b', 9, 2_001)
  return tally
}

function answered(): Tally {
  const tally = inputs()
  tally.row('a', { n: 1, total: 1 })
  tally.row('a', { n: 2, total: 4 })
  tally.row('b', { n: 1, total: 2 })
  tally.row('b', { n: 2, total: 11 })
  tally.window(1_100, { n: 2, total: 3 })
  return tally
}

describe('the tally of the cluster test', () => {
  it('is content when every input is in each result once, and waits for no window that is open', () => {
    expect(answered().compare()).to.deep.equal({ inputs: 4, missing: 0, twice: 0, wrong: 0 })
    expect(isRight(answered().compare())).to.equal(true)
  })

  it('misses what is in no row and in no window that is over', () => {
    expect(inputs().compare()).to.deep.equal({ inputs: 4, missing: 6, twice: 0, wrong: 0 })
    expect(isRight(inputs().compare())).to.equal(false)
  })

  it('sees a row that came again, and a count beyond its inputs', () => {
    const tally = answered()
    tally.row('a', { n: 2, total: 4 })
    tally.row('a', { n: 3, total: 7 })
    tally.window(1_000, { n: 3, total: 6 })
    expect(tally.compare()).to.include({ missing: 0, twice: 4, wrong: 0 })
  })

  it('sees a state that was lost: the count begins again, and the sum is another', () => {
    const tally = inputs()
    tally.row('a', { n: 1, total: 1 })
    tally.row('a', { n: 1, total: 3 })
    tally.row('b', { n: 1, total: 2 })
    tally.row('b', { n: 2, total: 11 })
    tally.window(1_100, { n: 2, total: 4 })
    expect(tally.compare()).to.include({ missing: 1, twice: 1, wrong: 2 })
  })
})
