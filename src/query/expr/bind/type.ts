import type { DataType, SimpleType } from '../../sql/ast.ts'
import * as make from '../../types/make-type.ts'
import { MAX_LENGTH, type SqlType } from '../../types/sql-type.ts'
import { planError } from '../plan-error.ts'

/** The type that a script names; it allows NULL unless NOT NULL is written. */
export function bindType(ast: DataType): SqlType {
  return make.withNullable(bare(ast), !ast.notNull)
}

function bare(ast: DataType): SqlType {
  switch (ast.kind) {
    case 'simpleType':
      return simpleType(ast)
    case 'intervalType':
      return ['YEAR', 'QUARTER', 'MONTH'].includes(ast.qualifier.from) ? make.YEAR_MONTH : make.DAY_TIME
    case 'arrayType':
      return make.array(bindType(ast.element))
    case 'multisetType':
      return make.multiset(bindType(ast.element))
    case 'mapType':
      return make.map(bindType(ast.key), bindType(ast.value))
    case 'rowType':
      return make.row(ast.fields.map((field) => ({ name: field.name.name, type: bindType(field.type) })))
    case 'namedType':
      throw planError(ast.at.start, `there is no type '${ast.name.parts.map((part) => part.name).join('.')}'`, [
        'types are INT, BIGINT, DOUBLE, DECIMAL(p, s), STRING, BOOLEAN, DATE, TIMESTAMP(3) …',
      ])
    default:
      throw planError(ast.at.start, `the type ${ast.kind === 'rawType' ? 'RAW' : 'STRUCTURED'} is Java's: it is not supported here`)
  }
}

function simpleType(ast: SimpleType): SqlType {
  const { name, precision } = ast
  switch (name) {
    case 'DECIMAL':
      return decimalType(ast)
    case 'CHAR':
    case 'BINARY':
      return name === 'CHAR' ? make.char(lengthOf(ast, 1)) : make.binary(lengthOf(ast, 1))
    case 'VARCHAR':
      // Flink 2.2: VARCHAR without a length is STRING.
      return make.varchar(lengthOf(ast, MAX_LENGTH))
    case 'VARBINARY':
      return make.varbinary(lengthOf(ast, MAX_LENGTH))
    case 'STRING':
      return make.STRING
    case 'BYTES':
      return make.BYTES
    case 'TIME':
      return make.time(fraction(ast, precision ?? 0))
    case 'TIMESTAMP':
      return make.timestamp(fraction(ast, precision ?? 6))
    case 'TIMESTAMP_LTZ':
      return make.timestampLtz(fraction(ast, precision ?? 6))
    case 'VARIANT':
      throw planError(ast.at.start, `the type ${name} is not supported`, ['keep JSON in a STRING'])
    default:
      return { kind: name, nullable: true }
  }
}

function decimalType(ast: SimpleType): SqlType {
  const { precision = 10, scale = 0 } = ast
  if (precision < 1 || precision > 38 || scale > precision) {
    throw planError(
      ast.at.start,
      `DECIMAL(${precision}, ${scale}) does not exist: 1 to 38 digits, of which as many may be behind the point`,
    )
  }
  return make.decimal(precision, scale)
}

function lengthOf(ast: SimpleType, otherwise: number): number {
  if (ast.precision === 0) throw planError(ast.at.start, `${ast.name}(0) does not exist: the length is at least 1`)
  return ast.precision ?? otherwise
}

function fraction(ast: SimpleType, digits: number): number {
  if (digits > 6) throw planError(ast.at.start, `${ast.name}(${digits}): times are kept to the microsecond here`, [`use ${ast.name}(6)`])
  return digits
}
