import { expect } from 'chai'
import fc from 'fast-check'
import { JsonBytes } from '../../../src/query/sinks/json-bytes.ts'
import { rowToBytes } from '../../../src/query/sinks/row-bytes.ts'
import { rowToJson } from '../../../src/query/sinks/row-json.ts'
import type { Column } from '../../../src/query/types/sql-type.ts'

const COLUMNS: readonly Column[] = [
  { name: 'text', type: { kind: 'VARCHAR', nullable: true } },
  { name: 'whole "number"', type: { kind: 'BIGINT', nullable: true } },
  { name: 'double', type: { kind: 'DOUBLE', nullable: true } },
  { name: 'time', type: { kind: 'TIMESTAMP', precision: 6, nullable: true } },
  { name: 'instant', type: { kind: 'TIMESTAMP_LTZ', precision: 3, nullable: true } },
  { name: 'größe', type: { kind: 'DECIMAL', precision: 10, scale: 2, nullable: true } },
  { name: 'list', type: { kind: 'ARRAY', nullable: true, element: { kind: 'VARCHAR', nullable: true } } },
]

const micros = (digits: number) =>
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_000 }).chain((ms) => fc.nat(digits).map((more) => ms + more / 1000))
/** Decimal numbers as people write them, and any double. */
const doubles = fc.oneof(
  fc.tuple(fc.integer(), fc.nat(9)).map(([digits, places]) => digits / 10 ** places),
  fc.double(),
  fc.constantFrom(0, -0, 1e-3, 9.99e-4, 1e7, 9_999_999.999, 0.1 + 0.2, 5e-324, 123.456),
)
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null })
const rows = fc.tuple(
  orNull(fc.oneof(fc.string({ unit: 'binary' }), fc.string())),
  orNull(fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))),
  orNull(doubles),
  orNull(micros(999)),
  orNull(micros(0)),
  orNull(fc.integer()),
  orNull(fc.array(orNull(fc.string()))),
)

describe('query: rows as bytes', () => {
  for (const timestampFormat of ['SQL', 'ISO-8601'] as const) {
    for (const omitNulls of [false, true]) {
      it(`has the text of rowToJson (${timestampFormat}, NULL ${omitNulls ? 'left out' : 'written'})`, () => {
        const text = rowToJson(COLUMNS, { timestampFormat, omitNulls })
        const bytes = rowToBytes(COLUMNS, { timestampFormat, omitNulls })
        const to = new JsonBytes()
        fc.assert(
          fc.property(rows, (row) => {
            to.clear()
            bytes(to, row)
            expect(to.written.toString()).to.equal(text(row))
          }),
          { numRuns: 1000 },
        )
      })
    }
  }

  it('grows as it must', () => {
    const to = new JsonBytes()
    const long = 'ä"'.repeat(100_000)
    for (let i = 0; i < 3; i++) to.text(long)
    expect(to.written.toString()).to.equal(JSON.stringify(long).repeat(3))
  })
})
