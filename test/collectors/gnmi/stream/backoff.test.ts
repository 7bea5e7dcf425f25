import { expect } from 'chai'
import { Backoff } from '../../../../src/collectors/gnmi/stream/backoff.ts'

const middle = () => 0.5

describe('the wait before the next attempt', () => {
  const waits = (lives: readonly number[], random = middle) => {
    const backoff = new Backoff(random)
    return lives.map((lived) => backoff.next('unreachable', lived))
  }

  it('doubles with each failure, up to a minute', () => {
    expect(waits(Array(8).fill(0))).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  })

  it('is half as long or half as long again by chance', () => {
    expect(waits([0, 0, 0], () => 0)).to.deep.equal([500, 1_000, 2_000])
    expect(waits([0, 0, 0], () => 1)).to.deep.equal([1_500, 3_000, 6_000])
  })

  it('is short again after a stream that lived for more than a minute', () => {
    expect(waits([0, 0, 0, 61_000, 0])).to.deep.equal([1_000, 2_000, 4_000, 1_000, 2_000])
  })

  it('is no longer than the stream was, where there was one for a while', () => {
    expect(waits([0, 0, 0, 0, 0, 20_000, 20_000, 0])).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 60_000])
  })

  it('does not hammer a target that ends each stream at once', () => {
    expect(waits([10, 10, 10, 10])).to.deep.equal([1_000, 2_000, 4_000, 8_000])
  })

  it('is long where a person is needed', () => {
    expect(new Backoff(middle).next('auth', 0)).to.equal(30_000)
    expect(new Backoff(middle).next('refused', 0)).to.equal(60_000)
  })
})
