import { expect } from 'chai'
import fc from 'fast-check'
import { parseNanoseconds } from '../../../../src/collectors/gnmi/request/nanoseconds.ts'

const NOW = Date.parse('2026-01-31T12:00:00Z')

describe('times in nanoseconds', () => {
  const CASES: ReadonlyArray<readonly [text: string, ns: bigint | undefined]> = [
    ['2026-01-31T09:00:00Z', 1769850000000000000n],
    ['2026-01-31T09:00:00.123456789Z', 1769850000123456789n],
    ['2026-01-31T09:00:00.1234567891Z', 1769850000123456789n],
    ['2026-01-31T10:00:00.5+01:00', 1769850000500000000n],
    ['2026-01-31', 1769817600000000000n],
    ['1769850000', 1769850000000000000n],
    ['1769850000000', 1769850000000000000n],
    ['1769850000000000001', 1769850000000000001n],
    ['9223372036854775807', 9223372036854775807n],
    ['9223372036854775808', undefined],
    ['now', 1769860800000000000n],
    ['15m', 1769859900000000000n],
    ['15m ago', 1769859900000000000n],
    ['1500ms', 1769860798500000000n],
    ['9999-01-01', undefined],
    ['1960-01-01', undefined],
    ['2026-02-30', undefined],
    ['', undefined],
    ['yesterday', undefined],
    ['-5', undefined],
  ]
  for (const [text, ns] of CASES) it(`"${text}" is ${ns}`, () => expect(parseNanoseconds(text, NOW)).to.equal(ns))

  it('keeps every digit', () => {
    fc.assert(
      fc.property(fc.bigInt(10n ** 15n, 2n ** 63n - 1n), (ns) => {
        expect(parseNanoseconds(String(ns), NOW)).to.equal(ns)
        const text = new Date(Number(ns / 1_000_000_000n) * 1_000).toISOString().slice(0, 19)
        expect(parseNanoseconds(`${text}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`, NOW)).to.equal(ns)
      }),
    )
  })
})
