import { expect } from 'chai'
import { type LogicalType, typeText } from '../../../src/query/flink/logical-type.ts'

const INT: LogicalType = { type: 'INTEGER', nullable: true }

describe('types of the SQL gateway in SQL', () => {
  const cases: Array<[LogicalType, string]> = [
    [INT, 'INT'],
    [{ type: 'BIGINT', nullable: false }, 'BIGINT NOT NULL'],
    [{ type: 'DECIMAL', nullable: true, precision: 10, scale: 4 }, 'DECIMAL(10, 4)'],
    [{ type: 'CHAR', nullable: true, length: 3 }, 'CHAR(3)'],
    [{ type: 'VARCHAR', nullable: true, length: 2147483647 }, 'STRING'],
    [{ type: 'VARCHAR', nullable: true, length: 7 }, 'VARCHAR(7)'],
    [{ type: 'VARBINARY', nullable: true, length: 2147483647 }, 'BYTES'],
    [{ type: 'TIMESTAMP_WITHOUT_TIME_ZONE', nullable: true, precision: 3 }, 'TIMESTAMP(3)'],
    [{ type: 'TIMESTAMP_WITH_LOCAL_TIME_ZONE', nullable: true, precision: 3 }, 'TIMESTAMP_LTZ(3)'],
    [{ type: 'INTERVAL_DAY_TIME', nullable: true, resolution: 'DAY_TO_SECOND' }, 'INTERVAL DAY TO SECOND'],
    [{ type: 'ARRAY', nullable: true, elementType: { ...INT, nullable: false } }, 'ARRAY<INT NOT NULL>'],
    [{ type: 'MAP', nullable: true, keyType: { type: 'CHAR', nullable: false, length: 1 }, valueType: INT }, 'MAP<CHAR(1) NOT NULL, INT>'],
    [{ type: 'ROW', nullable: true, fields: [{ name: 'x', fieldType: INT }] }, 'ROW<x INT>'],
    [{ type: 'BOOLEAN', nullable: true }, 'BOOLEAN'],
  ]
  for (const [type, text] of cases) it(text, () => expect(typeText(type)).to.equal(text))
})
