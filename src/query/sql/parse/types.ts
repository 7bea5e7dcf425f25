import type { DataType, Identifier, RowField, SimpleTypeName } from '../ast.ts'
import { intervalQualifier } from './interval.ts'
import { optional } from './optional.ts'
import type { Reader } from './reader.ts'

/** How many numbers in parentheses a type may have. */
const SIMPLE: Readonly<Record<string, { name: SimpleTypeName; arguments: 0 | 1 | 2 }>> = {
  BOOLEAN: { name: 'BOOLEAN', arguments: 0 },
  TINYINT: { name: 'TINYINT', arguments: 0 },
  SMALLINT: { name: 'SMALLINT', arguments: 0 },
  INT: { name: 'INT', arguments: 0 },
  INTEGER: { name: 'INT', arguments: 0 },
  BIGINT: { name: 'BIGINT', arguments: 0 },
  FLOAT: { name: 'FLOAT', arguments: 0 },
  REAL: { name: 'FLOAT', arguments: 0 },
  DOUBLE: { name: 'DOUBLE', arguments: 0 },
  DECIMAL: { name: 'DECIMAL', arguments: 2 },
  DEC: { name: 'DECIMAL', arguments: 2 },
  NUMERIC: { name: 'DECIMAL', arguments: 2 },
  CHAR: { name: 'CHAR', arguments: 1 },
  CHARACTER: { name: 'CHAR', arguments: 1 },
  VARCHAR: { name: 'VARCHAR', arguments: 1 },
  STRING: { name: 'STRING', arguments: 0 },
  BINARY: { name: 'BINARY', arguments: 1 },
  VARBINARY: { name: 'VARBINARY', arguments: 1 },
  BYTES: { name: 'BYTES', arguments: 0 },
  DATE: { name: 'DATE', arguments: 0 },
  TIME: { name: 'TIME', arguments: 1 },
  TIMESTAMP: { name: 'TIMESTAMP', arguments: 1 },
  TIMESTAMP_LTZ: { name: 'TIMESTAMP_LTZ', arguments: 1 },
  VARIANT: { name: 'VARIANT', arguments: 0 },
}

/** Without NOT NULL: what a type is before it is said whether it may be null. */
type Bare<T> = T extends DataType ? Omit<T, 'at' | 'notNull'> : never

/** A data type with NULL or NOT NULL, and the postfix ARRAY and MULTISET. */
export function dataType(reader: Reader): DataType {
  return reader.nested(() => {
    const start = reader.start()
    const close = (bare: Bare<DataType>): DataType => {
      const notNull = reader.accept('NOT', 'NULL')
      // NULL ON EMPTY behind RETURNING INT is not the type's.
      if (!notNull && reader.peek(1).upper !== 'ON') reader.accept('NULL')
      return { ...bare, notNull, at: reader.span(start) } as DataType
    }
    let type = close(bareType(reader))
    for (let wrapped = 0; wrapped < 20; wrapped++) {
      if (reader.accept('ARRAY')) type = close({ kind: 'arrayType', element: type })
      else if (reader.accept('MULTISET')) type = close({ kind: 'multisetType', element: type })
      else break
    }
    return type
  })
}

function bareType(reader: Reader): Bare<DataType> {
  const token = reader.peek()
  const simple = token.kind === 'word' && Object.hasOwn(SIMPLE, token.upper) ? SIMPLE[token.upper] : undefined
  if (simple) {
    reader.next()
    return simpleType(reader, token.upper, simple)
  }
  if (reader.isWords('MAP') && reader.isSymbol('<', 1)) {
    reader.next()
    return angled(reader, () => {
      const key = dataType(reader)
      reader.expectSymbol(',')
      return { kind: 'mapType', key, value: dataType(reader) }
    })
  }
  if (reader.accept('ARRAY')) return angled(reader, () => ({ kind: 'arrayType', element: dataType(reader) }))
  if (reader.accept('MULTISET')) return angled(reader, () => ({ kind: 'multisetType', element: dataType(reader) }))
  if (reader.accept('ROW')) return { kind: 'rowType', fields: rowFields(reader) }
  if (reader.accept('INTERVAL')) return { kind: 'intervalType', qualifier: intervalQualifier(reader) }
  if (reader.accept('STRUCTURED')) return structured(reader)
  if (reader.accept('RAW')) {
    return reader.parenthesised(() => {
      const className = reader.string()
      reader.expectSymbol(',')
      return { kind: 'rawType', className, snapshot: reader.string() }
    })
  }
  return { kind: 'namedType', name: reader.qualifiedName('a data type') }
}

function simpleType(
  reader: Reader,
  word: string,
  { name, arguments: most }: { name: SimpleTypeName; arguments: 0 | 1 | 2 },
): Bare<DataType> {
  if (word === 'DOUBLE') reader.accept('PRECISION')
  const varying = (word === 'CHAR' || word === 'CHARACTER' || word === 'BINARY') && reader.accept('VARYING')
  let precision: number | undefined
  let scale: number | undefined
  if (most > 0 && reader.acceptSymbol('(')) {
    precision = reader.integer()
    if (most > 1 && reader.acceptSymbol(',')) scale = reader.integer()
    reader.expectSymbol(')')
  }
  if (word === 'TIME' || word === 'TIMESTAMP') reader.accept('WITHOUT', 'TIME', 'ZONE')
  // WITH alone may be a wrapper's, behind RETURNING TIMESTAMP.
  const local = word === 'TIMESTAMP' && reader.accept('WITH', 'LOCAL', 'TIME', 'ZONE')
  const final = varying ? (word === 'BINARY' ? 'VARBINARY' : 'VARCHAR') : local ? 'TIMESTAMP_LTZ' : name
  return { kind: 'simpleType', name: final, ...optional('precision', precision), ...optional('scale', scale) }
}

function angled<T>(reader: Reader, read: () => T): T {
  reader.expectSymbol('<')
  const found = read()
  reader.expectSymbol('>')
  return found
}

function structured(reader: Reader): Bare<DataType> {
  return angled(reader, () => {
    const className = reader.string('the name of a class in single quotes')
    const fields: RowField[] = []
    while (reader.acceptSymbol(',')) fields.push(rowField(reader))
    return { kind: 'structuredType', className, fields }
  })
}

/** `<a INT, b STRING 'comment'>`, or the same in parentheses. */
function rowFields(reader: Reader): RowField[] {
  if (reader.acceptSymbol('<>')) return []
  const close = reader.acceptSymbol('(') ? ')' : '>'
  if (close === '>') reader.expectSymbol('<')
  const fields = reader.isSymbol(close) ? [] : reader.list(() => rowField(reader))
  reader.expectSymbol(close)
  return fields
}

function rowField(reader: Reader): RowField {
  const start = reader.start()
  const name: Identifier = reader.identifier('the name of a field')
  const type = dataType(reader)
  const comment = reader.peek().kind === 'string' ? reader.next().text : undefined
  return { kind: 'rowField', name, type, ...optional('comment', comment), at: reader.span(start) }
}
