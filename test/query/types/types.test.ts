import { expect } from 'chai'
import fc from 'fast-check'
import { commonType } from '../../../src/query/types/common-type.ts'
import * as t from '../../../src/query/types/make-type.ts'
import type { SqlType } from '../../../src/query/types/sql-type.ts'
import { sameType } from '../../../src/query/types/type-equality.ts'
import { typeText } from '../../../src/query/types/type-text.ts'

const SIMPLE: SqlType[] = [
  t.TINYINT,
  t.INT,
  t.BIGINT,
  t.decimal(10, 2),
  t.decimal(38, 10),
  t.DOUBLE,
  t.char(3),
  t.varchar(5),
  t.STRING,
  t.DATE,
  t.timestamp(3),
  t.BOOLEAN,
]

describe('query/types', () => {
  it('prints a type as Flink does', () => {
    const types = [
      t.notNull(t.decimal(10, 2)),
      t.timestampLtz(3),
      t.STRING,
      t.varchar(5),
      t.row([{ name: 'a`b', type: t.notNull(t.INT) }]),
      t.map(t.STRING, t.array(t.INT)),
      t.DAY_TIME,
    ]
    expect(types.map(typeText)).deep.equal([
      'DECIMAL(10, 2) NOT NULL',
      'TIMESTAMP_LTZ(3)',
      'STRING',
      'VARCHAR(5)',
      'ROW<`a``b` INT NOT NULL>',
      'MAP<STRING, ARRAY<INT>>',
      'INTERVAL SECOND(3)',
    ])
  })

  it('the common type allows NULL when one of them does, and is the same from both sides', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIMPLE), fc.constantFrom(...SIMPLE), fc.boolean(), (a, b, isNullable) => {
        const left = commonType([t.withNullable(a, isNullable), t.notNull(b)])
        const right = commonType([t.notNull(b), t.withNullable(a, isNullable)])
        expect(left === undefined).equal(right === undefined)
        if (left && right) expect(sameType(left, right)).equal(true)
        if (left) expect(left.nullable).equal(isNullable)
      }),
    )
  })

  it('has no common type of text and numbers, and gives NULL the type of the others', () => {
    expect(commonType([t.INT, t.STRING])).equal(undefined)
    expect(commonType([t.BOOLEAN, t.INT])).equal(undefined)
    expect(commonType([t.NULL_TYPE, t.notNull(t.INT)])).deep.equal(t.INT)
    expect(commonType([t.INT, t.decimal(2, 1)])).deep.equal(t.decimal(11, 1))
    expect(commonType([t.char(1), t.char(3)])).deep.equal(t.varchar(3))
  })
})
