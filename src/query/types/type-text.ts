import { MAX_LENGTH, type SqlType } from './sql-type.ts'

/** The type as Flink prints it (TYPEOF, DESCRIBE): `DECIMAL(10, 2) NOT NULL`, `TIMESTAMP_LTZ(3)`, ``ROW<`a` INT>``; STRING for the longest VARCHAR. */
export function typeText(type: SqlType): string {
  return type.nullable ? bare(type) : `${bare(type)} NOT NULL`
}

function bare(type: SqlType): string {
  switch (type.kind) {
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`
    case 'VARCHAR':
      return type.precision === MAX_LENGTH ? 'STRING' : `VARCHAR(${type.precision})`
    case 'VARBINARY':
      return type.precision === MAX_LENGTH ? 'BYTES' : `VARBINARY(${type.precision})`
    case 'CHAR':
    case 'BINARY':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `${type.kind}(${type.precision})`
    case 'INTERVAL_YEAR_MONTH':
      return 'INTERVAL MONTH'
    case 'INTERVAL_DAY_TIME':
      return 'INTERVAL SECOND(3)'
    case 'ARRAY':
    case 'MULTISET':
      return `${type.kind}<${inner(type.element)}>`
    case 'MAP':
      return `MAP<${inner(type.key)}, ${inner(type.element)}>`
    case 'ROW':
      return `ROW<${(type.fields ?? []).map((field) => `\`${field.name.replaceAll('`', '``')}\` ${typeText(field.type)}`).join(', ')}>`
    default:
      return type.kind
  }
}

const inner = (type: SqlType | undefined): string => (type ? typeText(type) : '?')
