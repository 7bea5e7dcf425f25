import { expect } from 'chai'
import fc from 'fast-check'
import { Counter, NO_INCREASE } from '../../../../src/collectors/gnmi/normalise/counter.ts'

const U64 = 2n ** 64n
const halves = (value: bigint) => [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))] as const
/** From a start on, by steps. */
function summed(start: bigint, steps: readonly bigint[]): bigint[] {
  const values = [start]
  for (const step of steps) values.push((values.at(-1) as bigint) + step)
  return values
}
const take = (counter: Counter, time: number, value: bigint, bits?: 32 | 64, perSecond = 0) =>
  counter.take(time, ...halves(value), bits, perSecond)

/** What a counter says to values a second apart. */
function increases(values: readonly bigint[], bits?: 32 | 64, perSecond = 0): number[] {
  const counter = new Counter()
  return values.map((value, i) => take(counter, i * 1000, value, bits, perSecond))
}

describe('a counter', () => {
  it('gives exact increases, wherever it stands', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: U64 - 2n ** 53n }), fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), (start, growth) => {
        expect(increases([start, start + growth])).to.deep.equal([NO_INCREASE.FIRST, Number(growth)])
      }),
    )
  })

  it('that wraps at 2^64 gives what it would have without', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: U64 - 1n }),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 48n }), { maxLength: 8 }),
        (start, growths) => {
          // Beyond 32 bits, as is a counter that wraps there.
          fc.pre(start >= 2n ** 32n)
          const values = summed(start, growths)
          expect(increases(values.map((value) => value % U64))).to.deep.equal([NO_INCREASE.FIRST, ...growths.map(Number)])
        },
      ),
    )
  })

  it('that wraps at 2^32 gives what it would have without', () => {
    const growth = fc.bigInt({ min: 0n, max: 2n ** 31n })
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
        fc.array(growth, { maxLength: 8 }),
        fc.constantFrom(undefined, 32),
        (start, growths, bits) => {
          const values = summed(start, growths)
          const shown = values.map((value) => value % 2n ** 32n)
          expect(increases(shown, bits as 32 | undefined)).to.deep.equal([NO_INCREASE.FIRST, ...growths.map(Number)])
        },
      ),
    )
  })

  it('that fell further than a wrap explains began anew, and goes on from there', () => {
    for (const bits of [undefined, 32, 64] as const) {
      expect(increases([1_000_000n, 10n, 25n], bits), String(bits)).to.deep.equal([NO_INCREASE.FIRST, NO_INCREASE.RESET, 15])
      expect(increases([2n ** 63n, 10n, 25n], bits), String(bits)).to.deep.equal([NO_INCREASE.FIRST, NO_INCREASE.RESET, 15])
    }
  })

  it('does not wrap at 32 bits when it has 64, or was seen beyond', () => {
    const near = 2n ** 32n - 10n
    expect(increases([near, 10n])).to.deep.equal([NO_INCREASE.FIRST, 20])
    expect(increases([near, 10n], 64)).to.deep.equal([NO_INCREASE.FIRST, NO_INCREASE.RESET])
    expect(increases([2n ** 40n, 2n ** 40n + 1n, 10n])).to.deep.equal([NO_INCREASE.FIRST, 1, NO_INCREASE.RESET])
    // From then on nothing is known of its width any more.
    expect(increases([2n ** 40n, near, 10n])).to.deep.equal([NO_INCREASE.FIRST, NO_INCREASE.RESET, 20])
  })

  it('wraps only as far as the interface is fast', () => {
    const near = 2n ** 32n - 1000n
    expect(increases([near, 1000n], undefined, 2000)).to.deep.equal([NO_INCREASE.FIRST, 2000])
    expect(increases([near, 1000n], undefined, 1999)).to.deep.equal([NO_INCREASE.FIRST, NO_INCREASE.RESET])
    expect(increases([3n * 2n ** 30n, 2n ** 31n], undefined, 2 ** 32)).to.deep.equal([NO_INCREASE.FIRST, 3 * 2 ** 30])
    expect(increases([3n * 2n ** 30n, 2n ** 31n])).to.deep.equal([NO_INCREASE.FIRST, NO_INCREASE.RESET])
  })

  it('passes over what is not newer', () => {
    const counter = new Counter()
    expect(take(counter, 1000, 100n)).to.equal(NO_INCREASE.FIRST)
    expect(take(counter, 1000, 900n)).to.equal(NO_INCREASE.STALE)
    expect(take(counter, 500, 0n)).to.equal(NO_INCREASE.STALE)
    expect(take(counter, 1500, 130n)).to.equal(30)
    expect(counter.time).to.equal(1500)
  })

  it('knows whether a reading is below its last', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: U64 - 1n }), fc.bigInt({ min: 0n, max: U64 - 1n }), (before, now) => {
        const counter = new Counter()
        take(counter, 0, before)
        expect(counter.fell(...halves(now))).to.equal(now < before)
      }),
    )
  })
})
