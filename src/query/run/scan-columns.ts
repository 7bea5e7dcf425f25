import type { ColumnOrigin, RecordMeta, ScanProgram } from '../compile/scan-code.ts'
import { planError } from '../expr/plan-error.ts'
import type { FieldType, JsonField, JsonOptions } from '../json/field.ts'
import { nestedReader } from '../json/nested.ts'
import { formatOf } from '../plan/plan-scan.ts'
import type { Table } from '../plan/table.ts'
import type { Column, SqlType } from '../types/sql-type.ts'

/** The options of the JSON format, as the table's WITH has them. */
export function jsonOptions(table: Table): JsonOptions {
  const option = (name: string) => table.options.get(`${formatOf(table)}.${name}`) ?? table.options.get(`value.${formatOf(table)}.${name}`)
  return {
    timestampFormat: option('timestamp-format.standard') === 'ISO-8601' ? 'ISO-8601' : 'SQL',
    ignoreParseErrors: option('ignore-parse-errors') === 'true',
    failOnMissingField: option('fail-on-missing-field') === 'true',
  }
}

/**
 * Where the columns of a scan come from: fields of the JSON value under `prefix`, or what a record has beside its value. Only those that are
 * `used` are read at all.
 */
export function columnOrigins(
  table: Table,
  columns: readonly Column[],
  used: ReadonlySet<number>,
  prefix: readonly string[],
): { fields: JsonField[]; columns: ScanProgram['columns'] } {
  const fields: JsonField[] = []
  // The key's bytes are a column of their own, which the value does not have.
  const keyRaw = table.options.get('key.format') === 'raw' && table.options.get('value.fields-include') === 'EXCEPT_KEY'
  const read = table.columns.filter((column) => column.kind !== 'computed')
  const origins = columns.map(({ type }, index): { type: SqlType; origin: ColumnOrigin } => {
    const column = read[index]
    if (!column || !used.has(index)) return { type, origin: { from: 'meta', read: () => null } }
    if (keyRaw && column.name === table.primaryKey[0])
      return { type, origin: { from: 'meta', read: ({ key }) => key?.toString('utf8') ?? null } }
    if (column.kind === 'metadata') return { type, origin: { from: 'meta', read: metadataReader(column.key, table) } }
    const { field, convert } = fieldOf(type, [...prefix, column.name])
    fields.push(field)
    return { type, origin: { from: 'field', field: fields.length - 1, ...(convert && { convert }) } }
  })
  return { fields, columns: origins }
}

const TYPES: Partial<Record<SqlType['kind'], FieldType>> = { CHAR: 'STRING', VARCHAR: 'STRING', BINARY: 'BYTES', VARBINARY: 'BYTES' }
const NESTED: ReadonlyArray<SqlType['kind']> = ['ARRAY', 'MAP', 'MULTISET', 'ROW']

function fieldOf(type: SqlType, path: readonly string[]): { field: JsonField; convert?: (text: string) => unknown } {
  if (NESTED.includes(type.kind)) return { field: { path, type: 'RAW_JSON' }, convert: nestedReader(type) }
  const { precision, scale } = type
  const shape = type.kind === 'DECIMAL' ? { ...(precision !== undefined && { precision }), ...(scale !== undefined && { scale }) } : {}
  return { field: { path, type: TYPES[type.kind] ?? (type.kind as FieldType), ...shape } }
}

const METADATA: Readonly<Record<string, (meta: RecordMeta) => unknown>> = {
  topic: ({ topic }) => topic,
  partition: ({ partition }) => partition,
  offset: ({ offset }) => offset,
  timestamp: ({ timestamp }) => timestamp,
  headers: ({ headers }) => headers.map(([name, value]) => [name, value]),
  'leader-epoch': () => null,
  'timestamp-type': () => 'CreateTime',
  'file.path': ({ topic }) => topic,
  'file.name': ({ topic }) => topic.slice(topic.lastIndexOf('/') + 1),
  key: ({ key }) => key?.toString('utf8') ?? null,
}

function metadataReader(key: string, table: Table): (meta: RecordMeta) => unknown {
  const read = METADATA[key]
  if (!read)
    throw planError(undefined, `table ${table.name}: there is no metadata '${key}'`, [`there are ${Object.keys(METADATA).join(', ')}`])
  return read
}
