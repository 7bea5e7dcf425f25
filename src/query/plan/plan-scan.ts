import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import type { Column } from '../types/sql-type.ts'
import { bind, type PlanContext } from './context.ts'
import { columnRef } from './exprs.ts'
import type { Calc, Plan, Scan } from './nodes.ts'
import { refuse } from './refuse.ts'
import { named, type Relation } from './relation.ts'
import type { Table } from './table.ts'
import { checkOptions } from './table-options.ts'

/** Formats and connectors whose records say what changed, not only what is new. */
const CHANGELOG_FORMATS = new Set(['debezium-json'])

/** The rows of a table: read, then the computed columns and the watermark. */
export function scanTable(context: PlanContext, table: Table, hints: readonly ast.Hint[], at: ast.Span): Relation {
  const hinted = withHints(table, hints)
  checkOptions(hinted, at)
  const read = hinted.columns.filter((column) => column.kind !== 'computed')
  const changing = CHANGELOG_FORMATS.has(formatOf(hinted)) || connectorOf(hinted) === 'upsert-kafka'
  const keyColumns = hinted.primaryKey.map((name) => read.findIndex((column) => column.name === name))
  const unique = hinted.primaryKey.length > 0 ? [keyColumns] : []
  const scan: Scan = { step: 'scan', table: hinted, columns: read.map(({ name, type }) => ({ name, type })), changing, unique }
  const rows = connectorOf(hinted) === 'upsert-kafka' ? normalized(scan, keyColumns) : scan
  return named(computed(context, hinted, rows, at), table.name)
}

export const connectorOf = (table: Table): string => table.options.get('connector') ?? ''
export const formatOf = (table: Table): string => table.options.get('value.format') ?? table.options.get('format') ?? ''

function normalized(input: Plan, keys: readonly number[]): Plan {
  return { step: 'normalize', input, keys, columns: input.columns, changing: true, unique: [keys] }
}

/** The columns in the order of CREATE TABLE, those that are computed too, and the watermark. */
function computed(context: PlanContext, table: Table, input: Plan, at: ast.Span): Plan {
  const readRelation = named(input, table.name)
  const projection: Expr[] = []
  const columns: Column[] = []
  for (const column of table.columns) {
    if (column.kind === 'computed') {
      const expr = bind(context, readRelation, column.expression)
      projection.push(expr)
      columns.push({ name: column.name, type: expr.type, ...(isProctime(column.expression) && { time: 'proc' as const }) })
    } else {
      const index = input.columns.findIndex(({ name }) => name === column.name)
      projection.push(columnRef(index, column.type))
      columns.push({ name: column.name, type: column.type })
    }
  }
  const position = (name: string) => columns.findIndex((column) => column.name === name)
  const unique = table.primaryKey.length > 0 ? [table.primaryKey.map(position)] : []
  const calc: Calc = { step: 'calc', input, projection, columns, changing: input.changing, unique }
  if (!table.watermark) return table.columns.some(({ kind }) => kind === 'computed') ? calc : { ...input, columns, unique }
  const column = position(table.watermark.column)
  const type = columns[column]?.type
  if (!type) refuse(at, `table ${table.name}: WATERMARK FOR ${table.watermark.column}, which is no column`)
  if ((type.kind !== 'TIMESTAMP' && type.kind !== 'TIMESTAMP_LTZ') || (type.precision ?? 6) > 3) {
    refuse(
      table.watermark.expression.at,
      `table ${table.name}: a row time is TIMESTAMP(3) or TIMESTAMP_LTZ(3), and ${table.watermark.column} is ${type.kind}(${type.precision ?? 6})`,
      'Flink has row times of milliseconds too: give the column precision 3, or compute one with CAST',
    )
  }
  const expr = bind(context, named({ ...calc, columns }, table.name), table.watermark.expression)
  const timed = columns.map((each, i): Column => (i === column ? { ...each, time: 'row' } : each))
  return { ...calc, columns: timed, watermark: { column, expr } }
}

function isProctime(node: ast.Expression): boolean {
  return node.kind === 'call' && node.name.parts.at(-1)?.name.toUpperCase() === 'PROCTIME'
}

/** OPTIONS of a hint laid over the options of WITH. */
function withHints(table: Table, hints: readonly ast.Hint[]): Table {
  const options = new Map(table.options)
  for (const hint of hints) {
    if (hint.name.name.toUpperCase() !== 'OPTIONS') continue
    for (const { key, value } of hint.arguments) {
      if (key === undefined || value.kind !== 'string') refuse(hint.at, "OPTIONS takes 'key' = 'value' pairs")
      options.set(key, value.value)
    }
  }
  return { ...table, options }
}
