import { expect } from 'chai'
import fc from 'fast-check'
import {
  int64Number,
  int64Text,
  isBeyondDouble,
  splitUint64,
  uint64Number,
  uint64Text,
} from '../../../../src/collectors/gnmi/wire/int64.ts'

/** The two signed halves of the 64 bits of a number. */
const halves = (value: bigint) => [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))] as const

const EDGES = [
  0n,
  1n,
  999_999n,
  1_000_000n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
]
const anyUint64 = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...EDGES, 2n ** 63n, 2n ** 64n - 1n))
const anyInt64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(...EDGES, ...EDGES.map((n) => -n), -(2n ** 63n)),
)

/** @param law expects, and returns nothing that matters */
function holds(values: fc.Arbitrary<bigint>, law: (value: bigint) => unknown): void {
  fc.assert(
    fc.property(values, (value) => {
      law(value)
    }),
  )
}

describe('64-bit integers in halves', () => {
  it('have every digit as text', () => {
    holds(anyUint64, (value) => expect(uint64Text(...halves(value))).to.equal(String(value)))
    holds(anyInt64, (value) => expect(int64Text(...halves(value))).to.equal(String(value)))
  })

  it('are the nearest double as a number', () => {
    holds(anyUint64, (value) => expect(uint64Number(...halves(value))).to.equal(Number(value)))
    holds(anyInt64, (value) => expect(int64Number(...halves(value))).to.equal(Number(value)))
  })

  it('are split into millions and the rest', () => {
    fc.assert(
      fc.property(anyUint64, (value) => {
        const { high, low } = splitUint64(...halves(value), { high: 0, low: 0 })
        expect([BigInt(high), BigInt(low)]).to.deep.equal([value / 1_000_000n, value % 1_000_000n])
      }),
    )
  })

  it('are beyond a double from 2^53 + 1 on', () => {
    holds(anyUint64, (value) => expect(isBeyondDouble(...halves(value))).to.equal(value > 2n ** 53n))
  })
})
