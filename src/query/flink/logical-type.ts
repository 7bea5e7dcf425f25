/** A column's type as the gateway reports it (`columns[].logicalType`). */
export interface LogicalType {
  type: string
  nullable?: boolean
  length?: unknown
  precision?: unknown
  scale?: unknown
  fractionalPrecision?: unknown
  resolution?: string
  elementType?: LogicalType
  keyType?: LogicalType
  valueType?: LogicalType
  fields?: ReadonlyArray<{ name: string; fieldType: LogicalType }>
}

export interface FlinkColumn {
  name: string
  logicalType: LogicalType
}

/** Length of VARCHAR and VARBINARY without a bound, that is of STRING and BYTES. */
const UNBOUNDED = 2_147_483_647

/**
 * The type in SQL, as Flink's own DESCRIBE prints it: `DECIMAL(10, 2) NOT NULL`, `ARRAY<INT>`, `ROW<a INT, b STRING>`, `TIMESTAMP_LTZ(3)`.
 * Nullable is not said, as in SQL.
 */
export function typeText(type: LogicalType): string {
  return type.nullable === false ? `${bareType(type)} NOT NULL` : bareType(type)
}

function bareType(type: LogicalType): string {
  const number = (value: unknown) => Number(String(value))
  switch (type.type) {
    case 'INTEGER':
      return 'INT'
    case 'DECIMAL':
      return `DECIMAL(${number(type.precision)}, ${number(type.scale)})`
    case 'CHAR':
    case 'BINARY':
      return `${type.type}(${number(type.length)})`
    case 'VARCHAR':
      return number(type.length) === UNBOUNDED ? 'STRING' : `VARCHAR(${number(type.length)})`
    case 'VARBINARY':
      return number(type.length) === UNBOUNDED ? 'BYTES' : `VARBINARY(${number(type.length)})`
    case 'TIME_WITHOUT_TIME_ZONE':
      return `TIME(${number(type.precision)})`
    case 'TIMESTAMP_WITHOUT_TIME_ZONE':
      return `TIMESTAMP(${number(type.precision)})`
    case 'TIMESTAMP_WITH_LOCAL_TIME_ZONE':
      return `TIMESTAMP_LTZ(${number(type.precision)})`
    case 'INTERVAL_DAY_TIME':
    case 'INTERVAL_YEAR_MONTH':
      return `INTERVAL ${String(type.resolution).replaceAll('_', ' ')}`
    case 'ARRAY':
    case 'MULTISET':
      return `${type.type}<${typeText(type.elementType ?? { type: '?' })}>`
    case 'MAP':
      return `MAP<${typeText(type.keyType ?? { type: '?' })}, ${typeText(type.valueType ?? { type: '?' })}>`
    case 'ROW':
      return `ROW<${(type.fields ?? []).map(({ name, fieldType }) => `${name} ${typeText(fieldType)}`).join(', ')}>`
    default:
      return type.type
  }
}
